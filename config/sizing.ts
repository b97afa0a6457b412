import type { PodDemand, Resources } from "../kubernetes/resources.ts";
import { judgedOf, stepsOf } from "./schema/rollout.ts";
import type { Values } from "./schema.ts";

/** Pods of the application at once: one more than it counts, as a rolling update starts the new one before it stops an old one. */
export function mostPods({ autoscaling, replicas }: Pick<Values["application"], "autoscaling" | "replicas">): number {
  return (autoscaling?.maxReplicas ?? replicas) + 1;
}

/** Pods of the new version beside the stable one, or of the version before; none when the release is updated at once. Only one of the two releases is updated at a time, so that one more serves both. */
export function canaryPods({ application, rollout }: Pick<Values, "application" | "rollout">): number {
  const judged = judgedOf(rollout);
  if (!judged) return 0;
  const { autoscaling, replicas } = application;
  const most = Math.max(...stepsOf(judged).map(({ weight }) => weight));
  return Math.ceil(((autoscaling?.maxReplicas ?? replicas) * most) / 100);
}

/** One pod more than each workload counts: a rolling update, a join job or a dump runs beside the others. */
export function demandsOf({
  application,
  backups,
  postgres,
  redis,
  rollout,
}: Pick<Values, "application" | "backups" | "postgres" | "redis" | "rollout">): PodDemand[] {
  const { pooler } = postgres;
  const ofCanary = canaryPods({ application, rollout });
  return [
    { pods: mostPods(application), resources: application.resources },
    ...(ofCanary > 0
      ? [
          { pods: ofCanary, resources: application.resources },
          { pods: 1, resources: AGENT_RESOURCES },
        ]
      : []),
    { pods: postgres.instances + 1, resources: postgres.resources },
    ...(postgres.walArchive ? [{ pods: postgres.instances + 1, resources: WAL_ARCHIVE_RESOURCES }] : []),
    ...(pooler.instances > 0 ? [{ pods: pooler.instances + 1, resources: pooler.resources }] : []),
    { pods: 1, resources: redis.resources },
    ...(redis.exporter.enabled ? [{ pods: 2, resources: EXPORTER_RESOURCES }] : []),
    // 5 = two runs at once (a manual and a scheduled one, with a server and the tools each) + 1 restore.
    ...(backups
      ? [
          { pods: 5, resources: backups.resources },
          // The agent, a smoke test and one to spare for a rollout.
          { pods: 3, resources: AGENT_RESOURCES },
          ...(backups.offsite ? [{ pods: 2, resources: backups.resources }] : []),
          ...(backups.drill.every === "never" ? [] : drillDemands({ application, backups, redis })),
        ]
      : []),
  ];
}

/** Containers of the one pod of a drill. */
const drillDemands = ({
  application,
  backups,
  redis,
}: Pick<Values, "application" | "redis"> & { backups: NonNullable<Values["backups"]> }) => [
  { pods: 2, resources: backups.resources },
  { pods: 1, resources: application.resources },
  { pods: 1, resources: redis.resources },
];
/**
 * Resources of the archive plugin beside each instance. It runs a Python program for each WAL segment, several at a time; half a processor
 * made a recovery replay one segment in three seconds.
 */
export const WAL_ARCHIVE_RESOURCES: Resources = {
  limits: { cpu: "2", memory: "1Gi" },
  requests: { cpu: "10m", memory: "64Mi" },
};

/** Resources of the agent, with room for a command that is run in it. */
export const AGENT_RESOURCES: Resources = {
  limits: { cpu: "500m", memory: "512Mi" },
  requests: { cpu: "10m", memory: "96Mi" },
};

/** Resources of the pod that tells Prometheus how the cache does. */
export const EXPORTER_RESOURCES: Resources = {
  limits: { cpu: "100m", memory: "64Mi" },
  requests: { cpu: "10m", memory: "32Mi" },
};
