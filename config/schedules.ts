import { Cron } from "croner";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A time that a clock change leaves out. */
export interface Skipped {
  /** Day, as in 2027-03-28. */
  readonly date: string;
  /** Time of day, as in 02:30. */
  readonly time: string;
}

/** Whether Kubernetes understands the expression: five fields of numbers, names, `*`, `,`, `-` and `/`. croner knows more than these. */
export function isSchedule(expression: string): boolean {
  const fields = expression.trim().split(/\s+/);
  const known = fields.every((field, i) => (i < 3 ? /^[\d*,/-]+$/ : /^[\da-z*,/-]+$/i).test(field));
  if (fields.length !== 5 || !known || fields.some((field) => /\bL\b|#/i.test(field))) return false;
  try {
    return wall(expression).nextRun(new Date(0)) !== null;
  } catch {
    return false;
  }
}

/** Times of day of a schedule, without a time zone: in UTC no time is left out. */
const wall = (expression: string) => new Cron(expression, { timezone: "UTC", paused: true });

/**
 * The first time of the schedule in the two years from `now` that the clocks of the time zone skip. Kubernetes runs nothing then: see
 * `robfig/cron`, "jobs scheduled during daylight-savings leap-ahead transitions will not be run".
 */
export function skippedTime(expression: string, timeZone: string, now = new Date()): Skipped | undefined {
  const offset = offsetsOf(timeZone);
  const schedule = wall(expression);
  const end = now.getTime() + 2 * 366 * DAY;
  for (let day = now.getTime() - (now.getTime() % DAY); day < end; day += DAY) {
    if (offset(day + DAY) <= offset(day)) continue;
    const change = firstMinute(day, day + DAY, (instant) => offset(instant) > offset(day));
    // Local times as if they were UTC, since no time of UTC is missing.
    const from = change + offset(day) * MINUTE;
    const to = change + offset(change) * MINUTE;
    const run = schedule.nextRun(new Date(from - 1));
    if (!run || run.getTime() >= to) continue;
    const [date, time] = run.toISOString().split("T") as [string, string];
    return { date, time: time.slice(0, 5) };
  }
  return undefined;
}

/** Instant in minutes between two days at which `changed` becomes true. */
function firstMinute(low: number, high: number, changed: (instant: number) => boolean): number {
  while (high - low > MINUTE) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
    if (changed(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Minutes by which local time is ahead of UTC. */
function offsetsOf(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  return (instant) => {
    const name = format.formatToParts(instant).find(({ type }) => type === "timeZoneName")!.value;
    const [, sign, hours, minutes] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name) ?? [];
    return sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
  };
}

/** Longest time between two runs of the schedule, in seconds. */
export function longestGapSeconds(expression: string): number {
  const schedule = wall(expression);
  // A schedule of every day repeats itself the next day, any other within the four years that have each day of the calendar.
  const isDaily = /^(\S+\s+){2}\*\s+\*\s+\*$/.test(expression.trim());
  const start = Date.UTC(2028, 1, 29);
  const end = start + (isDaily ? 3 : 4 * 366) * DAY;
  let longest = 0;
  let before = schedule.nextRun(new Date(start));
  while (before && before.getTime() < end) {
    const next = schedule.nextRun(before);
    longest = Math.max(longest, next ? next.getTime() - before.getTime() : 0);
    before = next;
  }
  return longest / 1000;
}
