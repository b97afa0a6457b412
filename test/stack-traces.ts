/** Functions of the SDK that take a stack trace for every promise and resource, for messages that no test reads. */
const IDLE = new Set<string | null>(["debuggablePromise", "callsites"]);

/**
 * Runs `work` without those stack traces. Jest maps every stack trace to the sources, which took half of the time of a recorded program.
 */
export async function withoutIdleStackTraces<T>(work: () => Promise<T>): Promise<T> {
  const translate = Error.prepareStackTrace;
  Error.prepareStackTrace = (error, frames) =>
    IDLE.has(frames[0]?.getFunctionName() ?? null) ? "" : (translate?.(error, frames) as unknown);
  try {
    return await work();
  } finally {
    Error.prepareStackTrace = translate!;
  }
}
