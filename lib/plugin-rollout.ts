import * as pulumi from "@pulumi/pulumi";
import { type Cluster, connect } from "./cluster";
import type { Pod } from "./diagnosis";
import { canUseHooks } from "./hooks";

export interface RolloutArgs {
  readonly namespace: string;
  readonly cluster: { readonly kubeconfig?: string; readonly context?: string };
  /** Pods of the database. */
  readonly instances: number;
}

const INTERVAL_MS = 2000;
const LIMIT_MS = 15 * 60_000;
const INSTANCES = "cnpg.io/cluster=postgres,cnpg.io/podRole=instance";
const SIDECAR = "plugin-barman-cloud";

/**
 * A base backup that starts in a pod without the plugin fails, and the operator does not try it again. A database that is told to archive
 * gets the plugin pod by pod, so whoever asks for base backups waits for the last one.
 */
export function awaitPlugin(name: string, args: RolloutArgs): pulumi.ResourceHookBinding | undefined {
  if (!canUseHooks()) return undefined;
  const wait = new pulumi.ResourceHook(`${name}-plugin`, () => pluginEverywhere(() => connect(args.cluster), args));
  return { beforeCreate: [wait] };
}

/** Ends when each instance is ready and has the plugin beside it. */
export async function pluginEverywhere(
  connectTo: () => Promise<Pick<Cluster, "pods">>,
  { instances, namespace }: Pick<RolloutArgs, "instances" | "namespace">,
  { intervalMs = INTERVAL_MS, limitMs = LIMIT_MS } = {},
): Promise<void> {
  const cluster = await connectTo();
  for (const began = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, intervalMs))) {
    const pods = await cluster.pods(namespace, INSTANCES);
    const done = pods.filter(hasPlugin);
    if (done.length >= instances && done.length === pods.length) return;
    if (Date.now() - began < limitMs) continue;
    throw new Error(
      `postgres: ${done.length} of ${instances} instances have the plugin after ${limitMs / 1000} s; ` +
        "look at their events, and at the log of the plugin in the operator's namespace",
    );
  }
}

const hasPlugin = ({ metadata, status }: Pod): boolean =>
  !metadata?.deletionTimestamp &&
  status?.initContainerStatuses?.some(({ name, ready }) => name === SIDECAR && ready) === true &&
  status.conditions?.some(({ type, status: holds }) => type === "Ready" && holds === "True") === true;
