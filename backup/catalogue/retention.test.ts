import fc from "fast-check";
import { anEntry } from "../testing/entries.ts";
import type { Keep } from "../contract/shapes.ts";
import { expired } from "./retention.ts";
import { type Entry } from "./schema.ts";

const NOW = new Date("2026-03-31T12:00:00Z");
const none: Keep = { hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 };
const HOUR = 3_600_000;

const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * HOUR).toISOString();
const at = (...times: string[]) => times.map((snapshotAt, index) => anEntry(index + 1, { snapshotAt }));
const left = (entries: readonly Entry[], keep: Partial<Keep>, now = NOW) => {
  const gone = expired(entries, { ...none, ...keep }, now);
  return entries.filter((entry) => !gone.includes(entry)).map(({ snapshotAt }) => snapshotAt);
};

describe("of each period the last is kept", () => {
  test.each<[keyof Keep, number, string[], string[]]>([
    [
      "hourly",
      2,
      ["2026-03-31T08:10:00Z", "2026-03-31T09:10:00Z", "2026-03-31T09:59:59Z", "2026-03-31T10:00:00Z"],
      ["2026-03-31T09:59:59Z", "2026-03-31T10:00:00Z"],
    ],
    [
      "daily",
      2,
      ["2026-03-28T02:00:00Z", "2026-03-29T02:00:00Z", "2026-03-29T23:59:59Z", "2026-03-31T00:00:00Z"],
      ["2026-03-29T23:59:59Z", "2026-03-31T00:00:00Z"],
    ],
    // Sunday and Monday; the first days of 2026 are of the week that began on December 29.
    [
      "weekly",
      2,
      ["2025-12-28T02:00:00Z", "2025-12-29T02:00:00Z", "2026-01-04T02:00:00Z", "2026-01-05T02:00:00Z"],
      ["2026-01-04T02:00:00Z", "2026-01-05T02:00:00Z"],
    ],
    [
      "monthly",
      2,
      ["2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-31T02:00:00Z", "2026-02-01T02:00:00Z"],
      ["2026-01-31T02:00:00Z", "2026-02-01T02:00:00Z"],
    ],
    [
      "yearly",
      2,
      ["2024-05-01T02:00:00Z", "2025-05-01T02:00:00Z", "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z"],
      ["2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z"],
    ],
  ])("%s", (kind, count, times, expected) => {
    expect(left(at(...times), { [kind]: count })).toEqual(expected);
  });

  test("a period without a dump does not count", () => {
    const times = ["2025-03-01T02:00:00Z", "2025-09-01T02:00:00Z", "2026-03-01T02:00:00Z"];
    expect(left(at(...times), { monthly: 3 })).toEqual(times);
  });
});

test("dumps made by hand stay a week, those of failovers a month", () => {
  const entries = [
    anEntry(1, { class: "takeover", snapshotAt: hoursAgo(24 * 30) }),
    anEntry(2, { class: "takeover", snapshotAt: hoursAgo(24 * 30 - 1) }),
    anEntry(3, { class: "manual", snapshotAt: hoursAgo(24 * 7) }),
    anEntry(4, { class: "manual", snapshotAt: hoursAgo(24 * 7 - 1) }),
    anEntry(5, { snapshotAt: hoursAgo(1) }),
    anEntry(6, { snapshotAt: hoursAgo(0) }),
  ];
  expect(expired(entries, none, NOW).map(({ sequence }) => sequence)).toEqual([1, 3, 5]);
});

test("of bad dumps the newest three stay for thirty days", () => {
  const bad = (sequence: number, hours: number) => anEntry(sequence, { status: "bad", snapshotAt: hoursAgo(hours) });
  const entries = [bad(1, 96), bad(2, 72), bad(3, 48), bad(4, 24), anEntry(5, { snapshotAt: hoursAgo(1) })];
  expect(expired(entries, none, NOW).map(({ sequence }) => sequence)).toEqual([1]);
  const later = new Date(NOW.getTime() + 29 * 24 * HOUR);
  expect(expired(entries, none, later).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
});

const keeps = fc.record<Keep>({
  hourly: fc.nat(30),
  daily: fc.nat(14),
  weekly: fc.nat(8),
  monthly: fc.nat(14),
  yearly: fc.nat(4),
});

/** Clocks may be wrong, so that times do not follow the sequence; some are of the future. */
const catalogues = fc
  .array(
    fc.record({
      hours: fc.oneof(fc.integer({ min: -48, max: 24 * 40 }), fc.integer({ min: 0, max: 24 * 900 })),
      status: fc.constantFrom<Entry["status"]>("verified", "verified", "verified", "bad"),
      class: fc.constantFrom<Entry["class"]>("scheduled", "scheduled", "manual", "takeover"),
    }),
    { maxLength: 60 },
  )
  .map((drawn) =>
    drawn.map(({ hours, ...rest }, index) => anEntry(index + 1, { ...rest, snapshotAt: hoursAgo(hours) })),
  );

const holds = (property: (entries: Entry[], keep: Keep, gone: Entry[]) => void) =>
  fc.assert(
    fc.property(catalogues, keeps, (entries, keep) => property(entries, keep, expired(entries, keep, NOW))),
    { numRuns: 400 },
  );
const rest = (entries: readonly Entry[], gone: readonly Entry[]) => entries.filter((entry) => !gone.includes(entry));

describe("whatever the dumps, their clocks and the rules", () => {
  test("the newest verified one stays", () => {
    holds((entries, _, gone) => {
      const newest = entries.findLast(({ status }) => status === "verified");
      if (newest) expect(gone).not.toContain(newest);
    });
  });

  test("a second time nothing more goes", () => {
    holds((entries, keep, gone) => expect(expired(rest(entries, gone), keep, NOW)).toEqual([]));
  });

  test("keeping more removes no more", () => {
    fc.assert(
      fc.property(catalogues, keeps, keeps, (entries, keep, extra) => {
        const kinds = Object.keys(keep) as (keyof Keep)[];
        const more = Object.fromEntries(kinds.map((kind) => [kind, keep[kind] + extra[kind]])) as unknown as Keep;
        const gone = expired(entries, keep, NOW);
        for (const entry of expired(entries, more, NOW)) expect(gone).toContain(entry);
      }),
      { numRuns: 400 },
    );
  });

  test("each of the newest days that had a verified dump has one still", () => {
    const day = ({ snapshotAt }: Entry) => snapshotAt.slice(0, 10);
    const days = (entries: readonly Entry[]) =>
      [...new Set(entries.filter(({ status }) => status === "verified").map(day))].sort().reverse();
    holds((entries, keep, gone) => {
      const wanted = days(entries).slice(0, keep.daily);
      expect(days(rest(entries, gone)).slice(0, keep.daily)).toEqual(wanted);
    });
  });

  test("bad dumps change nothing for the good ones", () => {
    holds((entries, keep, gone) => {
      const good = entries.filter(({ status }) => status === "verified");
      expect(expired(good, keep, NOW)).toEqual(gone.filter(({ status }) => status === "verified"));
    });
  });

  test("with the rules of one kind no more stay than they say", () => {
    holds((entries, keep) => {
      const scheduled = entries.filter((entry) => entry.status === "verified" && entry.class === "scheduled");
      const only = { ...none, daily: keep.daily };
      expect(rest(scheduled, expired(scheduled, only, NOW)).length).toBeLessThanOrEqual(keep.daily + 1);
    });
  });
});
