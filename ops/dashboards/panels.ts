import type { Panel } from "../../dashboards/spec.ts";

/** Time that is looked at, in seconds, in steps of as many. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** A series as Prometheus answers a query over a range. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

export type Ask = (expr: string, range: Range) => Promise<readonly Series[]>;

type Values = readonly (number | null)[];

/** What the page needs to draw a panel. */
export interface Drawn extends Pick<Panel, "title" | "description" | "unit" | "thresholds"> {
  readonly kind: NonNullable<Panel["kind"]>;
  readonly width: number;
  readonly stacked: boolean;
  readonly lowIsBad: boolean;
  /** @default - it has no alert */
  readonly runbook?: string;
  readonly times: readonly number[];
  readonly series: readonly { readonly name: string; readonly values: Values }[];
  /** Why there are no series. @default - there is nothing wrong */
  readonly problem?: string;
}

/** Points of a curve, as many as a panel has room for. */
const POINTS = 240;
const LEAST_STEP_SECONDS = 15;
/** Four scrapes of half a minute: what Grafana takes for `$__rate_interval` at least. */
const LEAST_RATE_SECONDS = 120;

export function rangeOf(seconds: number, end: number): Range {
  const step = Math.max(LEAST_STEP_SECONDS, Math.ceil(seconds / POINTS));
  // On a multiple of the step, so that a point keeps its value while the time goes on.
  const last = Math.floor(end / step) * step;
  return { start: last - Math.floor(seconds / step) * step, end: last, step };
}

/** Asks for what a panel shows. */
export async function draw(panel: Panel, site: string, range: Range, ask: Ask): Promise<Drawn> {
  const { description, kind = "timeseries", lowIsBad = false, stacked = false, thresholds, title, unit } = panel;
  const times = timesOf(range);
  const shape = { title, description, unit, thresholds, kind, lowIsBad, stacked, times, width: widthOf(panel) };
  try {
    const answers = await Promise.all(panel.queries.map(({ expr }) => ask(filledIn(expr, site, range), range)));
    const series = answers.flatMap((all, i) =>
      all.map(({ metric, values }) => ({
        name: nameOf(panel.queries[i]!.legend, metric),
        values: aligned(values, times),
      })),
    );
    return { ...shape, series: kind === "heatmap" ? bands(series) : series };
  } catch (error) {
    return { ...shape, series: [], problem: (error as Error).message };
  }
}

const widthOf = ({ kind, width }: Panel) => width ?? (kind === "stat" ? 4 : 8);

const filledIn = (expr: string, site: string, { step }: Range) =>
  expr.replaceAll("$namespace", site).replaceAll("$__rate_interval", `${Math.max(LEAST_RATE_SECONDS, 4 * step)}s`);

const nameOf = (legend: string, metric: Series["metric"]) =>
  legend.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => metric[label] ?? "");

const timesOf = ({ end, start, step }: Range): number[] =>
  Array.from({ length: Math.round((end - start) / step) + 1 }, (_, i) => start + i * step);

/** The values at these times; nothing where the series has none, or none that is a number. */
function aligned(values: Series["values"], times: readonly number[]): Values {
  const known = new Map(values.map(([at, value]) => [at, Number(value)]));
  return times.map((at) => {
    const value = known.get(at);
    return value !== undefined && Number.isFinite(value) ? value : null;
  });
}

/** Buckets of a histogram each without those below it, from the lowest bound to the highest. */
function bands(series: Drawn["series"]): Drawn["series"] {
  const bound = (name: string) => (name === "+Inf" ? Infinity : Number(name));
  const sorted = series.toSorted((a, b) => bound(a.name) - bound(b.name));
  return sorted.map(({ name, values }, i) => ({
    name,
    values: values.map((value, at) => (value === null ? null : Math.max(0, value - (sorted[i - 1]?.values[at] ?? 0)))),
  }));
}
