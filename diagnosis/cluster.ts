import type { Whereabouts } from "../kubernetes/credentials.ts";
import type { Pod, PodEvent } from "./pods.ts";
import { openApi, pathOf } from "../kubernetes/api.ts";

/** The requests an observer makes of a cluster. */
export interface Cluster {
  pods(namespace: string, labelSelector: string): Promise<readonly Pod[]>;
  events(namespace: string): Promise<readonly PodEvent[]>;
  log(namespace: string, pod: string, container: string, previous: boolean): Promise<string>;
}

const LOG_LINES = 10;

/** The cluster a stack deploys to. */
export async function connect(at: Whereabouts): Promise<Cluster> {
  const api = await openApi(at);
  const list = async <T>(namespace: string, kind: string, query: Record<string, string> = {}) =>
    (await api.ask<{ readonly items: readonly T[] }>(pathOf(namespace, kind, query))).items;
  return {
    pods: (namespace, labelSelector) => list<Pod>(namespace, "pods", { labelSelector }),
    events: (namespace) => list<PodEvent>(namespace, "events"),
    log: (namespace, name, container, previous) => {
      const query = { container, previous: String(previous), tailLines: String(LOG_LINES) };
      return api.ask<string>(pathOf(namespace, `pods/${name}/log`, query), { accept: "*/*" });
    },
  };
}
