const heartbeatSeconds = 20;
const timings: { phase: string; seconds: number }[] = [];
const began = performance.now();

const since = (start: number) => (performance.now() - start) / 1000;
const clock = () => `${since(began).toFixed(0).padStart(4)}s`;

export const say = (text: string) => process.stdout.write(`${clock()}  ${text}\n`);

/** Runs one phase of `make up`: says when it begins, that it still runs, and how long it took. */
export async function phase<T>(name: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  say(name);
  const heartbeat = setInterval(() => say(`  still ${name} (${since(start).toFixed(0)} s)`), heartbeatSeconds * 1000);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    timings.push({ phase: name, seconds: Number(since(start).toFixed(1)) });
  }
}

/** The seconds of each phase so far, and of all of them. */
export const timed = () => ({ seconds: Number(since(began).toFixed(1)), phases: timings });

/** Polls until `ready` answers true. On time-out the error says what was waited for and what `ready` last threw. */
export async function until(what: string, seconds: number, ready: () => Promise<boolean>): Promise<void> {
  const start = performance.now();
  let last = "";
  for (;;) {
    try {
      if (await ready()) return;
    } catch (error) {
      last = `: ${(error as Error).message}`;
    }
    if (since(start) > seconds) throw new Error(`${what}: not ready after ${seconds} s${last}`);
    // What takes long is asked for less often: a question starts a process as a rule.
    await new Promise((next) => setTimeout(next, since(start) < 3 ? 250 : 500));
  }
}
