import { readFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "../../tooling/paths.ts";
import { BUCKETS } from "../schema/monitoring.ts";
import { type Breach, breaks, problemsOf, withKey } from "../testing/problems.ts";

test.each<Breach>([
  [
    "prod",
    "monitoring",
    undefined,
    "acci:slo: requires acci:monitoring, got none; set acci:monitoring, for example to {}",
  ],
  [
    "prod",
    "slo.latency.thresholdSeconds",
    0.3,
    "acci:slo.latency.thresholdSeconds: must be a bucket of the application's histogram, got 0.3; " +
      "use one of 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, or list the application's own in acci:slo.latency.buckets",
  ],
  [
    "dev",
    "slo.gate",
    { prometheus: "http://prometheus:9090" },
    "acci:slo.gate: needs acci:image.version, got an image that is built; promote a version, or remove the gate",
  ],
  [
    "prod",
    "slo.availability",
    90,
    "acci:slo.availability: must be above 93.06 for an alert that pages when everything fails, got 90; " +
      "raise it, or lower acci:slo.windowDays",
  ],
])("%s: %s = %j breaks a rule", (...breach) => breaks(breach));

test("an application's own buckets may be a threshold", () => {
  const latency = { buckets: [0.2, 0.4], thresholdSeconds: 0.4 };
  expect(problemsOf("prod", withKey("prod", "slo.latency", latency))).toEqual([]);
});

test("the buckets are those of the reference application", () => {
  const [, buckets] = /BUCKETS: \[f64; \d+\] = \[([^\]]+)\]/.exec(
    readFileSync(join(project, "app/src/metrics.rs"), "utf8"),
  )!;
  expect(buckets!.split(",").map(Number)).toEqual(BUCKETS);
});
