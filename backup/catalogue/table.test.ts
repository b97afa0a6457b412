import { aCatalogue, anEntry } from "../testing/entries.ts";
import { age, tableOf } from "./table.ts";

const now = new Date("2026-01-03T03:30:00Z");

test("dumps are listed newest first", () => {
  const entries = [
    anEntry(1, { snapshotAt: "2026-01-01T02:00:00Z", recipients: ["age1lg22hv0a84x0mz9vx3p6qj8s"] }),
    anEntry(2, { snapshotAt: "2026-01-02T02:00:00Z", class: "manual", bytes: 1_234_567, rows: 123_456 }),
    anEntry(3, { snapshotAt: "2026-01-03T02:00:00Z", status: "bad", reason: "public.notes: 41 rows, not 42" }),
  ];
  expect(tableOf(aCatalogue(entries, { epoch: 2, site: "dr" }), now).split("\n")).toEqual([
    "DUMP                          STATE OF (UTC)       AGE     SIZE    UNPACKED  TABLES  ROWS    CLASS      KEY           STATUS",
    "prod-20260103t020000z-000003  2026-01-03 02:00:00  1h 30m  1.0 kB  5.0 kB    3       42      scheduled  none          bad: public.notes: 41 rows, not 42",
    "prod-20260102t020000z-000002  2026-01-02 02:00:00  1d 1h   1.2 MB  5.0 kB    3       123456  manual     none          verified",
    "prod-20260101t020000z-000001  2026-01-01 02:00:00  2d 1h   1.0 kB  5.0 kB    3       42      scheduled  age1lg22hv0…  verified",
    "",
    "2 verified, 1 bad; dr is active (epoch 2)",
    "",
  ]);
});

test("nothing is said in words", () => {
  expect(tableOf(undefined, now)).toBe("no catalogue: no dump was ever published here\n");
  expect(tableOf(aCatalogue([]), now)).toContain("0 verified, 0 bad; prod is active (epoch 1)");
});

test.each([
  [30_000, "0m"],
  [3_600_000, "1h 0m"],
  [86_400_000 * 13 + 3_600_000, "13d 1h"],
  [86_400_000 * 400, "400d"],
  [-90 * 60_000, "-1h 30m"],
])("%i ms is %s", (milliseconds, told) => {
  expect(age(milliseconds)).toBe(told);
});
