import type { Archive } from "../archive/archive.ts";
import type { BaseBackup } from "../archive/base-backup.ts";
import { nameOf } from "../archive/segment.ts";

export const SEGMENT_BYTES = 16 * 1024 * 1024;
export const SYSTEM = "7000000000000000001";
/** Noon of the day on which the archive of a test begins, and the seconds from one segment to the next. */
const NOON = Date.UTC(2026, 0, 31, 12);
export const SECONDS_EACH = 60;

export const timeOf = (segment: number) => new Date(NOON + segment * SECONDS_EACH * 1000);

export const named = (timeline: number, number: number) => nameOf({ timeline, number }, SEGMENT_BYTES);

const lsnAt = (number: number) => {
  const bytes = BigInt(number) * BigInt(SEGMENT_BYTES) + 40n;
  return `${(bytes >> 32n).toString(16).toUpperCase()}/${(bytes & 0xffffffffn).toString(16).toUpperCase()}`;
};

export const aBackup = (timeline: number, begin: number, changed: Partial<BaseBackup> = {}): BaseBackup => ({
  id: `base-${timeline}-${begin}`,
  systemIdentifier: SYSTEM,
  timeline,
  serverNumber: 150014,
  beginWal: named(timeline, begin),
  endWal: named(timeline, begin + 1),
  endedAt: timeOf(begin + 1),
  segmentBytes: SEGMENT_BYTES,
  ...changed,
});

/**
 * An archive as a server writes it, with so many segments on each timeline. The segment in which one timeline ends is archived by the
 * next one, which begins in it; the old server never fills it.
 */
export function anArchive(lengths: readonly number[], backups: readonly BaseBackup[]): Archive {
  const segments = new Map<string, Date>();
  const histories = new Map<number, { timeline: number; at: string }[]>();
  const switches: { timeline: number; at: string }[] = [];
  let number = 1;
  lengths.forEach((length, i) => {
    const timeline = i + 1;
    if (i > 0) histories.set(timeline, [...switches]);
    for (let left = length; left > 0; left--, number++) segments.set(named(timeline, number), timeOf(number));
    switches.push({ timeline, at: lsnAt(number) });
  });
  return { server: "prod", segments, histories, backups, unusable: [] };
}

/** The archive without some of its segments. */
export const without = (archive: Archive, ...names: readonly string[]): Archive => ({
  ...archive,
  segments: new Map([...archive.segments].filter(([name]) => !names.includes(name))),
});
