/** A WAL segment: its timeline, and its number since the beginning of the log. */
export interface Segment {
  readonly timeline: number;
  readonly number: number;
}

const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, "0");

/** Segments that one value of the middle part of a name counts. */
const perLog = (segmentBytes: number) => 2 ** 32 / segmentBytes;

/** `000000010000000000000004`, as Postgres names the file. */
export const nameOf = ({ number, timeline }: Segment, segmentBytes: number): string =>
  hex(timeline) + hex(Math.floor(number / perLog(segmentBytes))) + hex(number % perLog(segmentBytes));

export function segmentOf(name: string, segmentBytes: number): Segment {
  const [timeline, log, rest] = [0, 8, 16].map((at) => Number.parseInt(name.slice(at, at + 8), 16));
  return { timeline: timeline!, number: log! * perLog(segmentBytes) + rest! };
}

/** The number of the segment that has a log sequence number such as `0/4000028`. */
export function numberAt(lsn: string, segmentBytes: number): number {
  const [high, low] = lsn.split("/").map((part) => Number.parseInt(part, 16));
  return high! * perLog(segmentBytes) + Math.floor(low! / segmentBytes);
}
