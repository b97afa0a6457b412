/** Of a new version that runs beside the stable one. */
import * as pulumi from "@pulumi/pulumi";
import { longestSeconds, RELEASES, type RolloutPlan } from "../backup/contract/rollout.ts";
import type { CanaryPolicy } from "../components/canary.ts";
import type { StackConfig } from "../config/load.ts";
import { type Judged, judgedOf, stepsOf } from "../config/schema/rollout.ts";
import type { ReleaseNotes } from "../helm-history/notes.ts";
import { observeJobs, observeRelease } from "../diagnosis/observer.ts";
import { parseMemory } from "../kubernetes/quantity.ts";
import { routeOf } from "./addresses.ts";

/** Seconds beyond the longest that a rollout takes, in which it ends itself. */
const SPARE_SECONDS = 300;

/** @returns undefined when the release is updated at once */
export function rollout(
  config: StackConfig,
  image: pulumi.Input<string>,
  tlsSecret: pulumi.Output<string>,
  secrets: pulumi.Output<string>[],
  notes: ReleaseNotes | undefined,
): CanaryPolicy | undefined {
  const { cluster, exposure, namespace } = config;
  const judged = judgedOf(config.rollout);
  if (!judged) return undefined;
  const plan = planOf(config, judged);
  const observed = { namespace, cluster, secrets: pulumi.all(secrets) };
  const [release, job] = [observeRelease(RELEASES.canary, observed), observeJobs("rollout", observed)];
  return {
    image,
    site: namespace,
    plan,
    host: exposure.host,
    route: routeOf(config),
    tlsSecret,
    note: notes?.[RELEASES.canary],
    deadlineSeconds: longestSeconds(plan) + SPARE_SECONDS,
    hooks: { ...(release ? { release } : {}), ...(job ? { job } : {}) },
  };
}

/** Its rules of the configuration require what is taken for granted here. */
function planOf({ application, slo }: StackConfig, rollout: Judged): RolloutPlan {
  const { prometheus, ...judge } = rollout.judge!;
  const { availability, latency } = slo!;
  const [namespace, service] = prometheus.split("/");
  return {
    strategy: rollout.strategy,
    steps: stepsOf(rollout),
    readySeconds: application.timeoutSeconds,
    prometheus: `http://${service!.replace(":", `.${namespace!}.svc:`)}`,
    ...judge,
    objectives: {
      failed: share(availability),
      slow: share(latency.objective),
      slowSeconds: latency.thresholdSeconds,
    },
    memoryBytes: parseMemory(application.resources.limits.memory) * 2 ** 20,
  };
}

/** Part of the requests that an objective of so many percent lets be bad. */
const share = (objective: number) => Number((1 - objective / 100).toFixed(5));

/** Pods of the Prometheus that judges. */
export const judgeOf = ({ judge }: Judged) => ({
  // Rules of the configuration require it.
  namespace: judge!.prometheus.split("/")[0]!,
  podLabels: { "app.kubernetes.io/name": "prometheus" },
});
