import type { Demand, Resources } from "../kubernetes/resources.ts";
import type { Values } from "./schema.ts";

/** Pods of the application at once: one more than it counts, as a rolling update starts the new one before it stops an old one. */
export function mostPods({ autoscaling, replicas }: Pick<Values["application"], "autoscaling" | "replicas">): number {
  return (autoscaling?.maxReplicas ?? replicas) + 1;
}

/** One pod more than each workload counts: a rolling update, a join job or a dump runs beside the others. */
export function demandsOf({
  application,
  backups,
  postgres,
  redis,
}: Pick<Values, "application" | "backups" | "postgres" | "redis">): Demand[] {
  const { pooler } = postgres;
  return [
    { pods: mostPods(application), resources: application.resources },
    { pods: postgres.instances + 1, resources: postgres.resources },
    ...(postgres.archive ? [{ pods: postgres.instances + 1, resources: ARCHIVE_RESOURCES }] : []),
    ...(pooler.instances > 0 ? [{ pods: pooler.instances + 1, resources: pooler.resources }] : []),
    { pods: 1, resources: redis.resources },
    // A run by hand may meet a scheduled one, which then ends at once; each is a server and the tools beside it. Restored may be meanwhile.
    ...(backups
      ? [
          { pods: 5, resources: backups.resources },
          // The watch, and a validation.
          { pods: 3, resources: WATCH_RESOURCES },
          ...(backups.offsite ? [{ pods: 2, resources: backups.resources }] : []),
          ...(backups.drill.every === "never" ? [] : drillDemands({ application, backups, redis })),
        ]
      : []),
  ];
}

/** One pod, in which there is a bit of everything. */
const drillDemands = ({
  application,
  backups,
  redis,
}: Pick<Values, "application" | "redis"> & { backups: NonNullable<Values["backups"]> }) => [
  { pods: 2, resources: backups.resources },
  { pods: 1, resources: application.resources },
  { pods: 1, resources: redis.resources },
];
/** What the archive's plugin gets beside each instance; it runs a Python program for each piece of the log. */
export const ARCHIVE_RESOURCES: Resources = {
  limits: { cpu: "500m", memory: "512Mi" },
  requests: { cpu: "10m", memory: "64Mi" },
};

/** The pod that looks at the catalogue, with room for a command that is run in it. */
export const WATCH_RESOURCES: Resources = {
  limits: { cpu: "500m", memory: "512Mi" },
  requests: { cpu: "10m", memory: "96Mi" },
};
