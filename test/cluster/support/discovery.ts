import { matches, type Monitor, type Service, type Target, targetsOf } from "../../../local/observe/targets.ts";
import { kubectl } from "../../../local/cluster/cluster.ts";
import type { Labels } from "./probes.ts";
import type { Site } from "./site.ts";

interface Pod {
  readonly metadata: { readonly name: string; readonly labels: Labels; readonly deletionTimestamp?: string };
  readonly spec: {
    readonly containers: readonly { readonly ports?: readonly { name?: string; containerPort: number }[] }[];
  };
  readonly status: { readonly podIP?: string };
}

/** What a Prometheus scrapes under one name, in its own words. */
export interface Scrape {
  readonly job: string;
  readonly path: string;
  readonly honorLabels: boolean;
  readonly targets: readonly { readonly targets: readonly string[]; readonly labels: Labels }[];
}

/**
 * The pods that the monitors of a site select, with their names, as the operator's Prometheus would find them through the Kubernetes API,
 * and `others` beside them.
 */
export async function discover(site: Site, others: readonly Target[] = []): Promise<Scrape[]> {
  const list = async <T>(kinds: string) => (await site.kubeJson<{ items: T[] }>(["get", kinds])).items;
  const [monitors, services] = await Promise.all([
    list<Monitor>("servicemonitors,podmonitors"),
    list<Service>("services"),
  ]);
  const targets = [...targetsOf(monitors, services), ...others];
  const namespaces = [...new Set(targets.map(({ namespace }) => namespace))];
  const pods = new Map(await Promise.all(namespaces.map(async (one) => [one, await podsOf(one)] as const)));
  return targets.map(({ honorLabels, job, namespace, path, podLabels, port }) => ({
    job,
    path,
    honorLabels,
    targets: pods
      .get(namespace)!
      .filter((pod) => matches(podLabels, pod.metadata.labels))
      .map((pod) => ({
        targets: [`${pod.status.podIP}:${numberOf(pod, port)}`],
        labels: { namespace, pod: pod.metadata.name },
      })),
  }));
}

async function podsOf(namespace: string): Promise<Pod[]> {
  const { items } = JSON.parse(await kubectl(["-n", namespace, "get", "pods", "-o", "json"])) as { items: Pod[] };
  return items.filter(({ metadata, status }) => status.podIP && !metadata.deletionTimestamp);
}

function numberOf({ spec }: Pod, port: number | string): number {
  const named = spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === port);
  return typeof port === "number" ? port : named!.containerPort;
}
