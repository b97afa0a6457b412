import type { Pod, PodEvent } from "./diagnosis.ts";

/** What an observer asks of a cluster. */
export interface Cluster {
  pods(namespace: string, labelSelector: string): Promise<readonly Pod[]>;
  events(namespace: string): Promise<readonly PodEvent[]>;
  log(namespace: string, pod: string, container: string, previous: boolean): Promise<string>;
}

const LOG_LINES = 10;

/** A client of the cluster a stack deploys to. Loaded when first needed: the client is large, and most runs never ask. */
export async function connect(at: { readonly kubeconfig?: string; readonly context?: string }): Promise<Cluster> {
  const { CoreV1Api, KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  if (!at.kubeconfig) config.loadFromDefault();
  // The provider takes a path or the text itself, and so do we.
  else if (at.kubeconfig.includes("\n")) config.loadFromString(at.kubeconfig);
  else config.loadFromFile(at.kubeconfig);
  if (at.context) config.setCurrentContext(at.context);
  const api = config.makeApiClient(CoreV1Api);
  return {
    pods: async (namespace, labelSelector) => (await api.listNamespacedPod({ namespace, labelSelector })).items,
    events: async (namespace) => (await api.listNamespacedEvent({ namespace })).items,
    log: (namespace, name, container, previous) =>
      api.readNamespacedPodLog({ namespace, name, container, previous, tailLines: LOG_LINES }),
  };
}
