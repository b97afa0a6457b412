import type { Deployment, Pod } from "./objects.ts";

/** Pods that answer so many percent of the requests, where so many pods answer all of them. */
export const podsFor = (replicas: number, weight: number): number => Math.max(1, Math.ceil((replicas * weight) / 100));

/** Whether so many pods run what the Deployment says, and no others. */
export const areReady = ({ metadata, status }: Deployment, pods: number): boolean =>
  (status.observedGeneration ?? 0) >= metadata.generation &&
  [status.replicas, status.updatedReplicas, status.readyReplicas].every((count) => count === pods);

const containersOf = ({ containerStatuses = [], initContainerStatuses = [] }: Pod["status"]) => [
  ...initContainerStatuses,
  ...containerStatuses,
];

/** Restarts of the canary's containers, each told once: a new version that ends once will end again. */
export const restarts = (pods: readonly Pod[]): string[] =>
  pods.flatMap(({ metadata, status }) =>
    containersOf(status)
      .filter(({ restartCount }) => restartCount > 0)
      .map(({ lastState, name, restartCount }) => {
        const { exitCode, reason } = lastState?.terminated ?? {};
        const how = exitCode === undefined ? "" : `, last with exit code ${exitCode}${reason ? ` (${reason})` : ""}`;
        return `container ${name} of pod ${metadata.name}: must not restart, got ${restartCount}${how}`;
      }),
  );

/** What the pods wait for, as Kubernetes says it. */
export const waitingFor = (pods: readonly Pod[]): string => {
  const reasons = pods.flatMap(({ status }) =>
    containersOf(status).flatMap(({ state }) => state?.waiting?.reason ?? []),
  );
  return [...new Set(reasons)].sort().join(", ") || "no reason told";
};
