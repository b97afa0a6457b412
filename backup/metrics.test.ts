import { metricsOf } from "./metrics.ts";
import { aCatalogue, anEntry } from "./testing/entries.ts";
import { EXIT_CODES } from "./contract/exit-codes.ts";

const now = new Date("2026-01-09T03:00:00Z");

function samples(text: string): Record<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(lines.map((line) => [line.replace(/ \S+$/, ""), Number(line.split(" ").at(-1))]));
}

const sample = (text: string, name: string) => samples(text)[`acci_backup_${name}{site="prod"}`];

test("the newest verified dump, the counts and the last run are told", () => {
  const entries = [
    anEntry(1, { snapshotAt: "2026-01-08T02:00:00Z" }),
    anEntry(2, { snapshotAt: "2026-01-09T02:00:00Z", bytes: 10, rawBytes: 50, rows: 7, tables: 2 }),
    anEntry(3, { snapshotAt: "2026-01-09T02:30:00Z", status: "bad", bytes: 99 }),
  ];
  const lastRun = { finishedAt: "2026-01-09T02:32:00Z", seconds: 120, exitCode: EXIT_CODES.verification };
  const text = metricsOf(aCatalogue(entries, { epoch: 3 }), { site: "prod", lastRun }, now);
  const at = (time: string) => Date.parse(time) / 1000;
  expect(samples(text)).toEqual({
    'acci_backup_entries{site="prod",status="verified"}': 2,
    'acci_backup_entries{site="prod",status="bad"}': 1,
    'acci_backup_epoch{site="prod"}': 3,
    'acci_backup_last_bad_timestamp_seconds{site="prod"}': at("2026-01-09T02:32:00Z"),
    'acci_backup_last_success_timestamp_seconds{site="prod"}': at("2026-01-09T02:02:00Z"),
    'acci_backup_last_verified_timestamp_seconds{site="prod"}': at("2026-01-09T02:00:00Z"),
    'acci_backup_age_seconds{site="prod"}': 3600,
    'acci_backup_size_bytes{site="prod"}': 10,
    'acci_backup_raw_size_bytes{site="prod"}': 50,
    'acci_backup_tables{site="prod"}': 2,
    'acci_backup_rows{site="prod"}': 7,
    'acci_backup_dump_duration_seconds{site="prod"}': 60,
    'acci_backup_verification_duration_seconds{site="prod"}': 60,
    'acci_backup_usual_raw_size_bytes{site="prod"}': 5000,
    'acci_backup_usual_rows{site="prod"}': 42,
    'acci_backup_last_run_timestamp_seconds{site="prod"}': at("2026-01-09T02:32:00Z"),
    'acci_backup_last_run_duration_seconds{site="prod"}': 120,
    'acci_backup_last_run_exit_code{site="prod"}': 77,
  });
});

test("no dumps are told as none, and times that never were are left out", () => {
  const none = {
    'acci_backup_entries{site="prod",status="verified"}': 0,
    'acci_backup_entries{site="prod",status="bad"}': 0,
  };
  expect(samples(metricsOf(undefined, { site: "prod" }, now))).toEqual(none);
  expect(samples(metricsOf(aCatalogue([]), { site: "prod" }, now))).toEqual({
    ...none,
    'acci_backup_epoch{site="prod"}': 1,
  });
});

describe("of a second store is told", () => {
  const told = (offsite: Parameters<typeof metricsOf>[1]["offsite"]) => {
    const all = samples(metricsOf(undefined, { site: "prod", ...(offsite && { offsite }) }, now));
    return Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith("acci_backup_offsite_")));
  };
  const at = Date.parse("2026-01-09T05:02:00Z") / 1000;
  const run = { finishedAt: "2026-01-09T05:02:00Z", seconds: 120, exitCode: EXIT_CODES.store };

  test("nothing when there is none", () => expect(told(undefined)).toEqual({}));

  test("that it is empty before the first copy", () =>
    expect(told({})).toEqual({ 'acci_backup_offsite_entries{site="prod"}': 0 }));

  test("what it has, and how the last copy ended", () => {
    const lastCopy = { ...run, held: { verified: 3, snapshotAt: "2026-01-08T02:00:00Z" } };
    expect(told({ lastCopy })).toEqual({
      'acci_backup_offsite_entries{site="prod"}': 3,
      'acci_backup_offsite_last_verified_timestamp_seconds{site="prod"}': Date.parse("2026-01-08T02:00:00Z") / 1000,
      'acci_backup_offsite_last_run_timestamp_seconds{site="prod"}': at,
      'acci_backup_offsite_last_run_duration_seconds{site="prod"}': 120,
      'acci_backup_offsite_last_run_exit_code{site="prod"}': 69,
    });
  });
});

test.each([
  [[100], undefined],
  [[100, 10], 100],
  [[100, 200, 10], 150],
  [[1, 100, 100, 100, 100, 200, 200, 200, 10], 100],
])("of %j the last is compared with %s", (sizes, expected) => {
  const entries = sizes.map((rawBytes, index) => anEntry(index + 1, { rawBytes }));
  expect(sample(metricsOf(aCatalogue(entries), { site: "prod" }, now), "usual_raw_size_bytes")).toBe(expected);
});
