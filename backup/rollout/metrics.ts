import { type Metric, textOf } from "../exposition.ts";
import type { RolloutRecord } from "./record.ts";

/** Metrics of the last rollout, in Prometheus' text format; none before the first. */
export function rolloutMetricsOf(site: string, rollouts: readonly RolloutRecord[]): string {
  const last = rollouts.at(-1);
  if (!last) return "";
  const metrics: Metric[] = [
    {
      name: "acci_rollout_last_timestamp_seconds",
      help: "When the last canary was decided.",
      value: Math.round(Date.parse(last.finishedAt) / 1000),
    },
    {
      name: "acci_rollout_last_taken_back",
      help: "Whether the last canary was taken back.",
      value: last.decision === "taken back" ? 1 : 0,
    },
  ];
  return metrics.map((metric) => textOf(metric, site)).join("");
}
