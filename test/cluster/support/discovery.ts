import type { Labels } from "./probes.ts";
import type { Site } from "./site.ts";

interface Endpoint {
  readonly port?: string;
  readonly path?: string;
  readonly honorLabels?: boolean;
  readonly relabelings?: readonly { readonly targetLabel: string; readonly replacement: string }[];
}

interface Monitor {
  readonly kind: "ServiceMonitor" | "PodMonitor";
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly selector: { readonly matchLabels: Labels };
    readonly endpoints?: readonly Endpoint[];
    readonly podMetricsEndpoints?: readonly Endpoint[];
  };
}

interface Service {
  readonly metadata: { readonly name: string; readonly labels?: Labels };
  readonly spec: {
    readonly selector: Labels;
    readonly ports: readonly { readonly name?: string; readonly targetPort: number | string }[];
  };
}

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

const matches = (selector: Labels, labels: Labels = {}) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

/**
 * The pods that the monitors of a site select, as the operator's Prometheus would find them. Done here, because Debian's Prometheus has no
 * discovery of pods.
 */
export async function discover(site: Site): Promise<Scrape[]> {
  const list = async <T>(kinds: string) => (await site.kubeJson<{ items: T[] }>(["get", kinds])).items;
  const [monitors, services, pods] = await Promise.all([
    list<Monitor>("servicemonitors,podmonitors"),
    list<Service>("services"),
    list<Pod>("pods"),
  ]);
  const running = pods.filter(({ metadata, status }) => status.podIP && !metadata.deletionTimestamp);
  const targets = (selected: readonly Pod[], port: number | string) =>
    selected.map((pod) => ({
      targets: [`${pod.status.podIP}:${numberOf(pod, port)}`],
      labels: { namespace: site.namespace, pod: pod.metadata.name },
    }));
  return monitors.flatMap(({ kind, spec: { endpoints = [], podMetricsEndpoints = [], selector } }) => {
    const selected =
      kind === "PodMonitor" ? running.filter((pod) => matches(selector.matchLabels, pod.metadata.labels)) : [];
    const ofPods = podMetricsEndpoints.map(({ path = "/metrics", port, relabelings = [] }) => ({
      job: relabelings.find(({ targetLabel }) => targetLabel === "job")!.replacement,
      path,
      targets: targets(selected, port!),
    }));
    const ofServices = services
      .filter(({ metadata }) => matches(selector.matchLabels, metadata.labels))
      .flatMap(({ metadata, spec }) =>
        endpoints.flatMap(({ path = "/metrics", port }) =>
          spec.ports
            .filter(({ name }) => name === port)
            .map(({ targetPort }) => ({
              job: metadata.name,
              path,
              targets: targets(
                running.filter((pod) => matches(spec.selector, pod.metadata.labels)),
                targetPort,
              ),
            })),
        ),
      );
    return [...ofPods, ...(kind === "ServiceMonitor" ? ofServices : [])];
  });
}

function numberOf({ spec }: Pod, port: number | string): number {
  const named = spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === port);
  return typeof port === "number" ? port : named!.containerPort;
}
