import type { Keep } from "../contract/shapes.ts";
import { newestFirst, verifiedOf } from "./order.ts";
import { type Entry } from "./schema.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Dumps made by hand, and those that a site began with, are kept for a while whatever the rules say. */
const MINIMUM: Partial<Record<Entry["class"], number>> = { manual: 7 * DAY, takeover: 30 * DAY };

/** Bad dumps are evidence: the newest few are kept for a while. */
const EVIDENCE = { count: 3, age: 30 * DAY };

/** Periods in UTC. Weeks begin on Monday, as in ISO 8601; 1970 began on a Thursday. */
const PERIODS: Record<keyof Keep, (time: number) => number> = {
  hourly: (time) => Math.floor(time / HOUR),
  daily: (time) => Math.floor(time / DAY),
  weekly: (time) => Math.floor((Math.floor(time / DAY) + 3) / 7),
  monthly: (time) => new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth(),
  yearly: (time) => new Date(time).getUTCFullYear(),
};

/** Dumps that may be removed. Only verified dumps count, and the newest of them is never removed. */
export function expired(entries: readonly Entry[], keep: Keep, now: Date): Entry[] {
  const age = (entry: Entry) => now.getTime() - timeOf(entry);
  const verified = verifiedOf(entries);
  const kinds = Object.keys(PERIODS) as (keyof Keep)[];
  const kept = new Set([
    ...verified.slice(0, 1),
    ...kinds.flatMap((kind) => lastOfEach(verified, PERIODS[kind], keep[kind])),
    ...verified.filter((entry) => age(entry) < (MINIMUM[entry.class] ?? -Infinity)),
    ...badOf(entries)
      .slice(0, EVIDENCE.count)
      .filter((entry) => age(entry) < EVIDENCE.age),
  ]);
  return entries.filter((entry) => !kept.has(entry));
}

/** The last dump of each of the newest `count` periods; `verified` has the newest first. */
function lastOfEach(verified: readonly Entry[], periodOf: (time: number) => number, count: number): Entry[] {
  const last = new Map<number, Entry>();
  for (const entry of verified) {
    const period = periodOf(timeOf(entry));
    if (!last.has(period)) last.set(period, entry);
  }
  const newest = [...last.keys()].sort((a, b) => b - a).slice(0, count);
  return newest.map((period) => last.get(period)!);
}

const badOf = (entries: readonly Entry[]) => entries.filter(({ status }) => status === "bad").sort(newestFirst);

const timeOf = ({ snapshotAt }: Entry) => Date.parse(snapshotAt);
