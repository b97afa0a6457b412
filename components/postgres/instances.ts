import { type Cluster, connect } from "../../diagnosis/cluster.ts";
import { isReady, type Pod } from "../../diagnosis/pods.ts";

export interface InstancesArgs {
  readonly namespace: string;
  readonly cluster: { readonly kubeconfig?: string; readonly context?: string };
  /** Number of the database's pods. */
  readonly instances: number;
}

/** A condition of one instance, and how it is named in an error. */
export interface InstanceCondition {
  readonly holds: (pod: Pod) => boolean;
  /** As in "2 of 3 instances ...". */
  readonly words: string;
  readonly cure: string;
}

const INTERVAL_MS = 2000;
const LIMIT_MS = 15 * 60_000;
const INSTANCES = "cnpg.io/cluster=postgres,cnpg.io/podRole=instance";

/** Waits until all `instances` pods are there and satisfy the condition; throws when the time limit is over. */
export async function waitForEveryInstance(
  { cluster, instances, namespace }: InstancesArgs,
  { cure, holds, words }: InstanceCondition,
  {
    connectTo = (): Promise<Pick<Cluster, "pods">> => connect(cluster),
    intervalMs = INTERVAL_MS,
    limitMs = LIMIT_MS,
  } = {},
): Promise<void> {
  const { pods: list } = await connectTo();
  for (const began = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, intervalMs))) {
    const pods = await list(namespace, INSTANCES);
    const done = pods.filter((pod) => !pod.metadata?.deletionTimestamp && isReady(pod) && holds(pod));
    if (done.length >= instances && done.length === pods.length) return;
    if (Date.now() - began < limitMs) continue;
    throw new Error(`postgres: ${done.length} of ${instances} instances ${words} after ${limitMs / 1000} s; ${cure}`);
  }
}
