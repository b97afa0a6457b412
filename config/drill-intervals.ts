/** How often a recovery can be rehearsed. Schedule, metrics, alerts and documentation follow from here. */
export const DRILLS = {
  day: { schedule: "0 4 * * *", seconds: 24 * 3600, words: "every day at 04:00" },
  week: { schedule: "0 4 * * 0", seconds: 7 * 24 * 3600, words: "on Sundays at 04:00" },
  month: { schedule: "0 4 1 * *", seconds: 31 * 24 * 3600, words: "on the first of each month at 04:00" },
} as const;

export type DrillInterval = keyof typeof DRILLS;

export const DRILL_INTERVALS = ["week", "day", "month", "never"] as const;
