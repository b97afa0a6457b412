import { duration, expected, remember, total } from "./durations.ts";

const heartbeatSeconds = 20;
const timings: { phase: string; seconds: number }[] = [];
const began = performance.now();

const since = (start: number) => (performance.now() - start) / 1000;
const clock = () => `${since(began).toFixed(0).padStart(4)}s`;

export const say = (text: string) => process.stdout.write(`${clock()}  ${text}\n`);

let ahead: readonly string[] = [];
let beside: readonly string[] = [];

/** Sets the phases to come, so that each phase can print the time that is left. Those beside others end before these, and add nothing. */
export function announce(phases: readonly string[], besideOthers: readonly string[] = []): void {
  ahead = phases;
  beside = besideOthers;
}

/** Expected seconds of all phases that were announced, or of those from one on. */
export const toCome = (from = 0) => total(ahead.slice(from).filter((name) => !beside.includes(name)));

/** A phase as it is announced: its number, its expected time, and the time left. */
function outlook(name: string): string {
  const own = expected(name) ?? 0;
  const at = ahead.indexOf(name);
  const number = at === -1 ? "" : `${at + 1}/${ahead.length} `;
  const left = at === -1 ? 0 : toCome(at);
  const time = [
    own >= heartbeatSeconds && `about ${duration(own)}`,
    left > own && left >= 60 && `${duration(left)} to go`,
  ];
  const said = time.filter((one) => one !== false).join(", ");
  return `${number}${name}${said && ` (${said})`}`;
}

/** Runs one phase of `make up`. Prints its begin and expected time, a line every 20 s while it runs, and records its time. */
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

/** Seconds of each finished phase, and since the begin. */
export const timed = () => ({ seconds: Number(since(began).toFixed(1)), phases: timings });
