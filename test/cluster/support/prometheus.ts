import { kubectl } from "../../../local/cluster/cluster.ts";
import { type Site, until } from "./site.ts";

interface ServiceMonitor {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly endpoints: readonly { readonly port: string; readonly path: string }[];
  };
}

interface PrometheusRule {
  readonly spec: { readonly groups: readonly object[] };
}

interface Service {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly ports: readonly { readonly name: string; readonly port: number }[] };
}

export interface Target {
  readonly labels: { readonly job: string };
  readonly health: string;
}

export interface Rule {
  readonly name: string;
  readonly health: string;
  /** State of an alert: `inactive`, `pending` or `firing`. */
  readonly state: string;
}

const NAMESPACE = "monitoring";
const name = "prometheus";
const labels = { "app.kubernetes.io/name": name };
const metadata = { name, namespace: NAMESPACE };
const PORT = 9090;

/** Shorter than the interval that a site asks for, so that tests wait less. */
const INTERVAL = "1s";

/** A Prometheus in the cluster, configured as its operator would configure it from a site's ServiceMonitors and PrometheusRules. */
export class Prometheus {
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
  }

  async start(): Promise<void> {
    const items = [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
      { apiVersion: "v1", kind: "ConfigMap", metadata, data: await this.#configuration() },
      { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, labels }, spec: pod },
    ];
    await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    await kubectl(["-n", NAMESPACE, "wait", "--for=condition=Ready", `pod/${name}`, "--timeout=60s"]);
  }

  readonly stop = () => kubectl(["delete", "namespace", NAMESPACE, "--ignore-not-found"]);

  async targets(): Promise<readonly Target[]> {
    const { activeTargets } = await ask<{ activeTargets: Target[] }>("targets?state=active");
    return activeTargets;
  }

  async rules(): Promise<readonly Rule[]> {
    const { groups } = await ask<{ groups: { rules: Rule[] }[] }>("rules");
    return groups.flatMap(({ rules }) => rules);
  }

  /** Waits until an alert is in one of the states. */
  async alert(alert: string, ...states: string[]): Promise<void> {
    await until(`${alert} to be ${states.join(" or ")}`, 60, async () => {
      const rule = (await this.rules()).find((one) => one.name === alert);
      return rule !== undefined && states.includes(rule.state);
    });
  }

  async #configuration(): Promise<Record<string, string>> {
    const monitors = await this.#list<ServiceMonitor>("servicemonitors");
    const rules = await this.#list<PrometheusRule>("prometheusrules");
    const configuration = {
      global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL, evaluation_interval: INTERVAL },
      rule_files: ["/etc/prometheus/rules.yml"],
      scrape_configs: (await Promise.all(monitors.map((monitor) => this.#scrapes(monitor)))).flat(),
    };
    // JSON is valid YAML.
    return {
      "prometheus.yml": JSON.stringify(configuration),
      "rules.yml": JSON.stringify({ groups: rules.flatMap(({ spec }) => spec.groups) }),
    };
  }

  /**
   * Scrape configurations of a monitor: the named port of each Service that it selects. Services are addressed by their DNS names, because
   * Debian's Prometheus has no discovery of pods.
   */
  async #scrapes({ spec }: ServiceMonitor) {
    const { namespace } = this.#site;
    const selector = Object.entries(spec.selector.matchLabels).map(([key, value]) => `${key}=${value}`);
    const services = await this.#list<Service>("services", "-l", selector.join(","));
    return spec.endpoints.flatMap(({ path, port }) =>
      services.flatMap(({ metadata: { name: job }, spec: { ports } }) =>
        ports
          .filter((one) => one.name === port)
          .map((one) => ({
            job_name: job,
            metrics_path: path,
            static_configs: [{ targets: [`${job}.${namespace}.svc:${one.port}`], labels: { namespace } }],
          })),
      ),
    );
  }

  async #list<T>(kind: string, ...args: string[]): Promise<readonly T[]> {
    return (await this.#site.kubeJson<{ items: T[] }>(["get", kind, ...args])).items;
  }
}

const pod = {
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 1,
  securityContext: { runAsNonRoot: true, runAsUser: 10001 },
  containers: [
    {
      name,
      // Any image with a libc will do.
      image: "ghcr.io/cloudnative-pg/postgresql:15",
      command: [
        "/opt/prometheus",
        "--config.file=/etc/prometheus/prometheus.yml",
        "--storage.tsdb.path=/tmp/data",
        `--web.listen-address=:${PORT}`,
      ],
      readinessProbe: { httpGet: { path: "/-/ready", port: PORT }, periodSeconds: 1 },
      volumeMounts: [
        { name: "binary", mountPath: "/opt/prometheus" },
        { name: "configuration", mountPath: "/etc/prometheus" },
        { name: "tmp", mountPath: "/tmp" },
      ],
    },
  ],
  volumes: [
    // The machine's own binary, which is installed for promtool.
    { name: "binary", hostPath: { path: "/usr/bin/prometheus", type: "File" } },
    { name: "configuration", configMap: { name } },
    { name: "tmp", emptyDir: {} },
  ],
};

/** Queries the API of Prometheus through the proxy of the API server. */
async function ask<T>(question: string): Promise<T> {
  const path = `/api/v1/namespaces/${NAMESPACE}/pods/${name}:${PORT}/proxy/api/v1/${question}`;
  return (JSON.parse(await kubectl(["get", "--raw", path])) as { data: T }).data;
}
