import { duration, expected, remember, total } from "./durations.ts";

const heartbeatSeconds = 20;
const timings: { phase: string; seconds: number }[] = [];
const began = performance.now();

const since = (start: number) => (performance.now() - start) / 1000;
const clock = () => `${since(began).toFixed(0).padStart(4)}s`;

export const say = (text: string) => process.stdout.write(`${clock()}  ${text}\n`);

let ahead: readonly string[] = [];

/** Tells what is to come, so that each phase can say what is left. */
export function announce(phases: readonly string[]): void {
  ahead = phases;
}

/** A phase with what can be said of it beforehand: which one it is, about how long it takes, and what is left with it. */
function outlook(name: string): string {
  const own = expected(name) ?? 0;
  const at = ahead.indexOf(name);
  const number = at === -1 ? "" : `${at + 1}/${ahead.length} `;
  const left = at === -1 ? 0 : total(ahead.slice(at));
  const time = [
    own >= heartbeatSeconds && `about ${duration(own)}`,
    left > own && left >= 60 && `${duration(left)} to go`,
  ];
  const said = time.filter((one) => one !== false).join(", ");
  return `${number}${name}${said && ` (${said})`}`;
}

/** Runs one phase of `make up`: says when it begins, about how long it takes, that it still runs, and how long it took. */
export async function phase<T>(name: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  say(outlook(name));
  const heartbeat = setInterval(() => say(`  still ${name} (${since(start).toFixed(0)} s)`), heartbeatSeconds * 1000);
  try {
    const result = await work();
    remember(name, since(start));
    return result;
  } finally {
    clearInterval(heartbeat);
    timings.push({ phase: name, seconds: Number(since(start).toFixed(1)) });
  }
}

/** The seconds of each phase so far, and of all of them. */
export const timed = () => ({ seconds: Number(since(began).toFixed(1)), phases: timings });
