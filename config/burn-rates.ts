/** Window of an alert on a budget: it fires when more than so much of the budget would be spent at this rate in the longer window. */
export interface AlertWindow {
  /** Percentage of the budget that the longer window may spend. */
  readonly budgetPercent: number;
  /** Shows that the errors still go on, so that the alert ends soon after them. */
  readonly short: Window;
  readonly long: Window;
}

/** Ranges over which errors are recorded, by Prometheus' name, in hours. */
const WINDOWS = { "5m": 1 / 12, "30m": 0.5, "1h": 1, "2h": 2, "6h": 6, "1d": 24, "3d": 72 } as const;
export type Window = keyof typeof WINDOWS;
export const windows = Object.keys(WINDOWS) as Window[];

/** The two pairs of windows of each severity, as Google's SRE workbook and Sloth have them. */
export const ALERT_WINDOWS = {
  page: [
    { budgetPercent: 2, short: "5m", long: "1h" },
    { budgetPercent: 5, short: "30m", long: "6h" },
  ],
  ticket: [
    { budgetPercent: 10, short: "2h", long: "1d" },
    { budgetPercent: 10, short: "6h", long: "3d" },
  ],
} as const satisfies Record<string, readonly AlertWindow[]>;

/** How many times faster than evenly over the period the budget is spent when the longer window spends its part. */
export const burnRate = ({ budgetPercent, long }: AlertWindow, periodDays: number): number =>
  rounded((budgetPercent / 100) * ((periodDays * 24) / WINDOWS[long]));

/** The percentage that an objective must exceed, or not even a failure of everything would burn its budget fast enough to page. */
export const leastObjective = (periodDays: number): number =>
  rounded(100 - 100 / Math.max(...ALERT_WINDOWS.page.map((window) => burnRate(window, periodDays))));

/** The part of events that may be bad. */
export const budgetOf = (objective: number): number => rounded((100 - objective) / 100);

/** Without the digits that binary fractions add: 100 - 99.9 is 0.09999999999999432. */
export const rounded = (value: number): number => Number(value.toPrecision(12));
