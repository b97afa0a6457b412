/** What a Prometheus scrapes of the sites of a cluster, by the monitors that their stacks have made for its operator. */

type Labels = Readonly<Record<string, string>>;

interface Endpoint {
  readonly port: string;
  readonly path?: string;
  readonly honorLabels?: boolean;
  readonly relabelings?: readonly { readonly targetLabel: string; readonly replacement: string }[];
}

export interface Monitor {
  readonly kind: "ServiceMonitor" | "PodMonitor";
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly selector: { readonly matchLabels: Labels };
    readonly endpoints?: readonly Endpoint[];
    readonly podMetricsEndpoints?: readonly Endpoint[];
  };
}

export interface Service {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: Labels };
  readonly spec: {
    readonly selector: Labels;
    readonly ports: readonly { readonly name?: string; readonly targetPort: number | string }[];
  };
}

export interface Target {
  readonly job: string;
  readonly namespace: string;
  readonly path: string;
  readonly honorLabels: boolean;
  readonly podLabels: Labels;
  /** Port of the pods, by name or number. */
  readonly port: number | string;
}

/** Marks the Services that are made to find pods by DNS. */
export const FINDER = "acci.dev/observed";

export const matches = (selector: Labels, labels: Labels = {}) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

export function targetsOf(monitors: readonly Monitor[], services: readonly Service[]): Target[] {
  return monitors.flatMap(({ kind, metadata: { name, namespace }, spec }) => {
    const { endpoints = [], podMetricsEndpoints = [], selector } = spec;
    const target = ({ honorLabels = false, path = "/metrics", relabelings = [] }: Endpoint, job: string) => ({
      job: relabelings.find(({ targetLabel }) => targetLabel === "job")?.replacement ?? job,
      namespace,
      path,
      honorLabels,
    });
    if (kind === "PodMonitor")
      return podMetricsEndpoints.map((endpoint) => ({
        ...target(endpoint, name),
        podLabels: selector.matchLabels,
        port: endpoint.port,
      }));
    return services
      .filter((one) => one.metadata.namespace === namespace && matches(selector.matchLabels, one.metadata.labels))
      .flatMap(({ metadata, spec: { ports, selector: podLabels } }) =>
        endpoints.flatMap((endpoint) =>
          ports
            .filter(({ name: of }) => of === endpoint.port)
            .map(({ targetPort }) => ({ ...target(endpoint, metadata.name), podLabels, port: targetPort })),
        ),
      );
  });
}

const nameOf = ({ job }: Target) => `observed-${job}`;

/** A Service without an address, whose name leads to each pod: Debian's Prometheus finds pods by DNS alone. */
export const finderOf = (target: Target) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: nameOf(target), namespace: target.namespace, labels: { [FINDER]: "true" } },
  spec: {
    clusterIP: "None",
    publishNotReadyAddresses: true,
    selector: target.podLabels,
    ports: [{ name: "metrics", port: 1, targetPort: target.port }],
  },
});

export const scrapeOf = (target: Target) => ({
  job_name: `${target.namespace}/${target.job}`,
  metrics_path: target.path,
  honor_labels: target.honorLabels,
  dns_sd_configs: [
    {
      names: [`_metrics._tcp.${nameOf(target)}.${target.namespace}.svc.cluster.local`],
      type: "SRV",
      refresh_interval: "5s",
    },
  ],
  relabel_configs: [
    { target_label: "job", replacement: target.job },
    { target_label: "namespace", replacement: target.namespace },
    // A pod is known by its address: its name is not in the DNS.
    { source_labels: ["__address__"], regex: "([^.]+)[.].+", target_label: "pod" },
  ],
});
