import type { BaseBackup } from "./base-backup.ts";
import { nameOf, numberAt, type Segment, segmentOf } from "./segment.ts";
import { type History, newestTimeline } from "./timeline.ts";

/** How far a recovery from a base backup gets. */
export interface Chain {
  /** The last segment that it replays. @default - it lacks even the first one */
  readonly last?: string;
  /** Why it does not get to the end of the archive; as the end of a sentence. @default - it does */
  readonly broken?: string;
}

interface Archived {
  /** When each segment reached the archive, by its name. */
  readonly segments: ReadonlyMap<string, Date>;
  readonly histories: ReadonlyMap<number, History>;
}

/**
 * Follows the WAL from a base backup as Postgres does: segment after segment, and from a timeline to the one that came from it. Postgres
 * ends a recovery at the first segment that it does not find, without a word, so a gap would lose what is after it.
 */
export function chainFrom(backup: BaseBackup, { histories, segments }: Archived): Chain {
  const { segmentBytes } = backup;
  const target = newestTimeline(backup.timeline, new Set(histories.keys()));
  const path = pathTo(target, histories.get(target) ?? [], segmentBytes);
  const begin = segmentOf(backup.beginWal, segmentBytes);
  const own = path.find(({ timeline }) => timeline === backup.timeline);
  if (!own || begin.number > own.last)
    return { broken: `${backup.beginWal}, where it begins, is on another timeline than ${target}` };

  let at: Segment = begin;
  let last: string | undefined;
  for (; ; at = { ...at, number: at.number + 1 }) {
    const found = path.findLast(
      ({ first, timeline }) =>
        timeline >= at.timeline && first <= at.number && segments.has(nameOf({ ...at, timeline }, segmentBytes)),
    );
    if (!found) break;
    at = { ...at, timeline: found.timeline };
    last = nameOf(at, segmentBytes);
  }
  const missing = nameOf(at, segmentBytes);
  if (segmentOf(backup.endWal, segmentBytes).number >= at.number)
    return { ...(last ? { last } : {}), broken: `${missing}, which it needs, is missing` };
  const later = [...segments.keys()].filter((name) => {
    const { number, timeline } = segmentOf(name, segmentBytes);
    return (
      timeline > target || (path.some((one) => one.timeline === timeline && one.last >= number) && number > at.number)
    );
  });
  if (later.length === 0) return { last: last! };
  const [next] = later.sort();
  const why = segmentOf(next!, segmentBytes).timeline > target ? "the history of its timeline" : missing;
  return { last: last!, broken: `${why} is missing, and ${next} comes after it` };
}

interface Stretch {
  readonly timeline: number;
  /** Numbers of its first and last segment. */
  readonly first: number;
  readonly last: number;
}

/** The timelines from the first to the target, each with the segments that may be of it. A segment with a switch in it is of both. */
function pathTo(target: number, history: History, segmentBytes: number): Stretch[] {
  let first = 0;
  const before = history.map(({ at, timeline }) => {
    const stretch = { timeline, first, last: numberAt(at, segmentBytes) };
    first = stretch.last;
    return stretch;
  });
  return [...before, { timeline: target, first, last: Infinity }];
}
