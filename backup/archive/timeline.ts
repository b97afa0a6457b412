/** Where one timeline ends and the next begins. */
interface Switch {
  readonly timeline: number;
  /** Log sequence number at which the timeline ends. */
  readonly at: string;
}

/** Reads a history file: the timelines from which one has come, oldest first, each with its end. */
export const readHistory = (text: string): Switch[] =>
  text.split("\n").flatMap((line) => {
    const [, timeline, at] = /^\s*(\d+)\s+([0-9A-Fa-f]+\/[0-9A-Fa-f]+)/.exec(line) ?? [];
    return timeline && at ? [{ timeline: Number(timeline), at }] : [];
  });

/**
 * The timeline that a recovery from a base backup goes to. Postgres asks for the histories of the timelines after its own, one number
 * after the other, and takes the last that is there.
 */
export function newestTimeline(from: number, histories: ReadonlySet<number>): number {
  let newest = from;
  while (histories.has(newest + 1)) newest += 1;
  return newest;
}

export type History = readonly Switch[];
