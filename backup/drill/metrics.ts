import type { Catalogue } from "../catalogue/schema.ts";
import { verifiedOf } from "../catalogue/order.ts";
import { type Metric, textOf } from "../exposition.ts";
import type { Report } from "../contract/shapes.ts";
import type { Drill } from "./record.ts";

export interface Rehearsed {
  readonly site: string;
  readonly catalogue: Catalogue | undefined;
  /** Oldest first. */
  readonly drills: readonly Drill[];
  /** Seconds between drills, by the schedule. @default - there are no drills */
  readonly every?: number;
  /** Report of the failover by which this site became active. @default - there was none */
  readonly failover?: Report;
}

/** Metrics of recoveries, rehearsed and real, in Prometheus' text format. */
export function recoveryMetricsOf({ catalogue, drills, every, failover, site }: Rehearsed): string {
  const last = drills.at(-1);
  const well = drills.findLast(({ exitCode }) => exitCode === 0);
  const metrics: Metric[] = [
    { name: "acci_drill_interval_seconds", help: "From one drill to the next, by the schedule.", value: every },
    {
      name: "acci_drill_due_timestamp_seconds",
      help: "When the next drill must have gone well.",
      value: every && due(catalogue, well, every),
    },
    {
      name: "acci_drill_last_run_timestamp_seconds",
      help: "When the last drill ended, well or not.",
      value: last && seconds(last.finishedAt),
    },
    { name: "acci_drill_last_exit_code", help: "How the last drill ended; 0 is well.", value: last?.exitCode },
    {
      name: "acci_drill_last_success_timestamp_seconds",
      help: "When a drill last went well.",
      value: well && seconds(well.finishedAt),
    },
    { name: "acci_drill_rto_seconds", help: "Of the last drill that went well.", value: well?.rtoSeconds },
    { name: "acci_drill_rpo_seconds", help: "Of the last drill that went well.", value: well?.rpoSeconds },
    {
      name: "acci_drill_phase_seconds",
      help: "Of the last drill that went well.",
      label: "phase",
      value: well?.phases,
    },
    {
      name: "acci_takeover_rto_seconds",
      help: "Of the failover by which this site became active.",
      value: failover?.rtoSeconds,
    },
    {
      name: "acci_takeover_rpo_seconds",
      help: "Of the failover by which this site became active.",
      value: failover?.rpoSeconds,
    },
    {
      name: "acci_takeover_timestamp_seconds",
      help: "When this site became active.",
      value: failover && seconds(failover.finishedAt),
    },
  ];
  return metrics.map((metric) => textOf(metric, site)).join("");
}

/**
 * Time by which a drill must succeed. Before the first successful drill, the interval counts from the oldest verified dump, since when
 * there is something to restore.
 */
function due(catalogue: Catalogue | undefined, well: Drill | undefined, every: number): number | undefined {
  const first = verifiedOf(catalogue?.entries ?? []).at(-1);
  const since = well?.finishedAt ?? first?.verifiedAt;
  return since === undefined ? undefined : seconds(since) + every;
}

const seconds = (instant: string) => Date.parse(instant) / 1000;
