/** A query of a panel, in PromQL. `$namespace` is the site that is looked at. */
export interface Query {
  readonly expr: string;
  /** Name of each series, such as `{{pod}}`. */
  readonly legend: string;
  /** Whether the series lead to traces. @default false */
  readonly exemplars?: boolean;
}

export interface Panel {
  readonly title: string;
  /** What it shows and what to do when it is bad, for somebody who was woken by it. */
  readonly description: string;
  /** Of Grafana's units. */
  readonly unit: string;
  /** @default timeseries */
  readonly kind?: "timeseries" | "stat" | "heatmap";
  readonly queries: readonly Query[];
  /** Alert whose section of the runbook the panel leads to. @default - none */
  readonly alert?: string;
  /** Values from which it is drawn as a warning and as critical. @default - neither */
  readonly thresholds?: readonly [warning: number, critical: number];
  /** Whether low values are the bad ones. @default false */
  readonly lowIsBad?: boolean;
  /** Columns of the 24 that it takes. @default - 4 for a stat, 8 for others */
  readonly width?: number;
  /** @default false */
  readonly stacked?: boolean;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Dashboard {
  /** Name of its file, and the end of its uid. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
}

/** A query with one series, or with one for each value of a label. */
export const query = (expr: string, legend: string, exemplars = false): Query => ({ expr, legend, exemplars });
