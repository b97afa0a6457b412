import type { Values } from "../schema.ts";
import { isSchedule, longestGapSeconds, skippedTime } from "../schedules.ts";

/** Schedules at times that exist: one in the hour that a clock change skips would leave out a dump, and no Job would fail. */
export function scheduleRules({ backups, postgres, slo }: Values): string[] {
  const { walArchive } = postgres;
  const schedules = [
    ...(backups ? [{ key: "acci:backups.schedule", schedule: backups.schedule }] : []),
    ...(backups?.offsite ? [{ key: "acci:backups.offsite.schedule", schedule: backups.offsite.schedule }] : []),
  ];
  return [
    ...(backups && !isTimeZone(backups.timeZone) ? [unknownZone(backups.timeZone)] : []),
    ...schedules.flatMap(({ key, schedule }) => scheduleProblem(key, schedule, backups?.timeZone) ?? []),
    ...(backups && slo ? dumpAgeProblem(backups.schedule, slo.dumpAge.hours) : []),
    // The operator's time zone is not known here.
    ...(walArchive ? (scheduleProblem("acci:postgres.walArchive.schedule", walArchive.schedule) ?? []) : []),
  ];
}

function scheduleProblem(key: string, schedule: string, timeZone = "Etc/UTC"): string[] | undefined {
  if (!isSchedule(schedule))
    return [
      `${key}: must be a cron expression that Kubernetes understands, got ${schedule}; ` +
        'write minute, hour, day, month and weekday, for example "0 2 * * *"',
    ];
  const skipped = isTimeZone(timeZone) ? skippedTime(schedule, timeZone) : undefined;
  return (
    skipped && [
      `${key}: must be at times that every day has, got ${schedule}, but the clocks of ${timeZone} skip ${skipped.time} on ${skipped.date} ` +
        "and Kubernetes would start nothing; choose an hour outside the change, or set acci:backups.timeZone to Etc/UTC",
    ]
  );
}

/** An age that passes before the next dump is due would use up the budget with every dump. */
function dumpAgeProblem(schedule: string, hours: number): string[] {
  const due = isSchedule(schedule) ? longestGapSeconds(schedule) / 3600 : 0;
  return hours > due
    ? []
    : [
        `acci:slo.dumpAge.hours: must be more than the ${due} hours that acci:backups.schedule leaves between two dumps, got ${hours}; ` +
          `set it to, for example, ${Math.ceil(due) + 2}`,
      ];
}

const unknownZone = (name: string) =>
  `acci:backups.timeZone: must be a name of the tz database, got ${name}; set it to, for example, Europe/Paris`;

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en-US", { timeZone: name }));
  } catch {
    return false;
  }
}
