import { leastObjective } from "../burn-rates.ts";
import type { Values } from "../schema.ts";

export function sloRules({ image, monitoring, slo }: Values): string[] {
  if (!slo) return [];
  const { buckets, thresholdSeconds } = slo.latency;
  const objectives = {
    availability: slo.availability,
    "latency.objective": slo.latency.objective,
    "dumpAge.objective": slo.dumpAge.objective,
  };
  const least = leastObjective(slo.windowDays);
  const problems = Object.entries(objectives)
    .filter(([, objective]) => objective <= least)
    .map(
      ([key, objective]) =>
        `acci:slo.${key}: must be above ${least.toFixed(2)} for an alert that pages when everything fails, got ${objective}; ` +
        "raise it, or lower acci:slo.windowDays",
    );
  if (!monitoring)
    problems.push("acci:slo: requires acci:monitoring, got none; set acci:monitoring, for example to {}");
  if (slo.gate && !image.version)
    problems.push(
      "acci:slo.gate: needs acci:image.version, got an image that is built; promote a version, or remove the gate",
    );
  if (!buckets.includes(thresholdSeconds))
    problems.push(
      `acci:slo.latency.thresholdSeconds: must be a bucket of the application's histogram, got ${thresholdSeconds}; ` +
        `use one of ${buckets.join(", ")}, or list the application's own in acci:slo.latency.buckets`,
    );
  return problems;
}
