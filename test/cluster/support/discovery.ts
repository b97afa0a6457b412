import { matches, type Monitor, type Service, targetsOf } from "../../../local/observe/targets.ts";
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
  readonly targets: readonly { readonly targets: readonly string[]; readonly labels: Labels }[];
}

/** The pods that the monitors of a site select, with their names, as the operator's Prometheus would find them through the Kubernetes API. */
export async function discover(site: Site): Promise<Scrape[]> {
  const list = async <T>(kinds: string) => (await site.kubeJson<{ items: T[] }>(["get", kinds])).items;
  const [monitors, services, pods] = await Promise.all([
    list<Monitor>("servicemonitors,podmonitors"),
    list<Service>("services"),
    list<Pod>("pods"),
  ]);
  const running = pods.filter(({ metadata, status }) => status.podIP && !metadata.deletionTimestamp);
  return targetsOf(monitors, services).map(({ job, path, podLabels, port }) => ({
    job,
    path,
    targets: running
      .filter((pod) => matches(podLabels, pod.metadata.labels))
      .map((pod) => ({
        targets: [`${pod.status.podIP}:${numberOf(pod, port)}`],
        labels: { namespace: site.namespace, pod: pod.metadata.name },
      })),
  }));
}

function numberOf({ spec }: Pod, port: number | string): number {
  const named = spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === port);
  return typeof port === "number" ? port : named!.containerPort;
}
