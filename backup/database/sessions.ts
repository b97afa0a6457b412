import type pg from "pg";

/** Runs the work with `count` sessions and ends them, also when some of them could not be opened. */
export async function withSessions<T>(
  count: number,
  open: () => Promise<pg.Client>,
  work: (sessions: pg.Client[]) => Promise<T>,
): Promise<T> {
  const opened = await Promise.allSettled(Array.from({ length: count }, open));
  const sessions = opened.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  try {
    const failed = opened.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    return await work(sessions);
  } finally {
    await Promise.allSettled(sessions.map((session) => session.end()));
  }
}
