/** The longest pause between two questions. What waits for a state is late by it, and a shorter one would keep the processor busy asking. */
const PAUSE_MS = 500;
/** At first, since most states are reached soon. */
const FIRST_PAUSE_MS = 250;
const FIRST_MS = 3000;

/** Asks until `ready` answers true. After `seconds` it fails, with what was waited for and the last error of `ready`. */
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
    // What takes long is asked for less often, because a question starts a process as a rule.
    await new Promise((next) => setTimeout(next, waited() < FIRST_MS ? FIRST_PAUSE_MS : PAUSE_MS));
  }
}
