/** Longest pause between two checks. A wait is late by up to this pause; a shorter one would keep the processor busy checking. */
const PAUSE_MS = 500;
/** Pause during the first three seconds, since most states are reached soon. */
const FIRST_PAUSE_MS = 250;
const FIRST_MS = 3000;

/** Calls `ready` until it returns true. Throws after `seconds`, with what was waited for and the last error of `ready`. */
export async function until(what: string, seconds: number, ready: () => Promise<boolean>): Promise<void> {
  const start = performance.now();
  const waited = () => performance.now() - start;
  let last = "";
  for (;;) {
    try {
      if (await ready()) return;
    } catch (error) {
      last = `: ${(error as Error).message}`;
    }
    if (waited() > seconds * 1000) throw new Error(`${what}: not ready after ${seconds} s${last}`);
    // Longer waits check less often, because a check usually starts a process.
    await new Promise((next) => setTimeout(next, waited() < FIRST_MS ? FIRST_PAUSE_MS : PAUSE_MS));
  }
}
