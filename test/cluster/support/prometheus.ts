import { kubectl } from "../../../local/cluster/cluster.ts";
import {
  ALERTING,
  ALERTMANAGER,
  ALERTMANAGER_PORT,
  MONITORING,
  PORT,
  PROMETHEUS,
  SCRAPED,
  startPrometheus,
  stopPrometheus,
} from "../../../local/observe/prometheus.ts";
import { discover } from "./discovery.ts";
import { type Site, until } from "./site.ts";

import type { Target as Scraped } from "../../../local/observe/targets.ts";

interface PrometheusRule {
  readonly spec: { readonly groups: readonly Group[] };
}
interface Group {
  readonly name: string;
  readonly rules: readonly RuleSpec[];
}
export interface RuleSpec {
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
}

/** What differs from what the site asks for. */
interface Differences {
  /** Rules in place of one of the site's. @default - the same */
  readonly rules?: (rule: RuleSpec) => readonly RuleSpec[];
  /** What else is scraped. @default - nothing */
  readonly targets?: readonly Scraped[];
}

export interface Target {
  readonly labels: { readonly job: string };
  readonly health: string;
}

export interface Rule {
  readonly name: string;
  readonly health: string;
  /** Only of an alert. */
  readonly state?: "inactive" | "pending" | "firing";
}

/** The Prometheus as `acci:slo.gate` names it. */
export const SERVICE = `${MONITORING}/${PROMETHEUS}:${PORT}`;

/** Shorter than the interval that a site asks for, so that tests wait less. */
const INTERVAL = "1s";
/** In place of the ranges and delays of the alerts, so that they fire within a test. */
export const RANGE = "10s";

/** A Prometheus with an Alertmanager in the cluster, configured as the operator would configure it from a site's monitors and rules. */
export class Prometheus {
  readonly #site: Site;
  readonly #changed: (rule: RuleSpec) => readonly RuleSpec[];
  readonly #others: readonly Scraped[];

  constructor(site: Site, { rules = (rule) => [rule], targets = [] }: Differences = {}) {
    this.#site = site;
    this.#changed = rules;
    this.#others = targets;
  }

  async start(): Promise<void> {
    await startPrometheus(await this.#configuration());
    await this.discover();
  }

  readonly stop = stopPrometheus;

  /** Tells Prometheus which pods there are now. */
  async discover(): Promise<void> {
    const files = (await discover(this.#site, this.#others)).map(
      ({ job, targets }) => `cat > ${SCRAPED}/${job}.json <<'END'\n${JSON.stringify(targets)}\nEND\n`,
    );
    await kubectl(["-n", MONITORING, "exec", "-i", PROMETHEUS, "-c", PROMETHEUS, "--", "sh"], files.join(""));
  }

  async targets(): Promise<readonly Target[]> {
    const { data } = await ask<{ data: { activeTargets: Target[] } }>(PORT, "/api/v1/targets?state=active");
    return data.activeTargets;
  }

  async rules(): Promise<readonly Rule[]> {
    const { data } = await ask<{ data: { groups: { rules: Rule[] }[] } }>(PORT, "/api/v1/rules");
    return data.groups.flatMap(({ rules }) => rules);
  }

  /** Number of series that a query returns now. */
  async series(expr: string): Promise<number> {
    const { data } = await ask<{ data: { result: unknown[] } }>(
      PORT,
      `/api/v1/query?query=${encodeURIComponent(expr)}`,
    );
    return data.result.length;
  }

  /** Traces to which the buckets of a histogram point. */
  async exemplars(bucket: string): Promise<string[]> {
    const now = Date.now() / 1000;
    const { data } = await ask<{ data: { exemplars: { labels: { trace_id: string } }[] }[] }>(
      PORT,
      `/api/v1/query_exemplars?query=${bucket}&start=${now - 600}&end=${now + 60}`,
    );
    return data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.trace_id));
  }

  /** Names of the alerts that the Alertmanager has received and that still fire. */
  async received(): Promise<Set<string>> {
    const alerts = await ask<{ labels: { alertname: string }; endsAt: string }[]>(ALERTMANAGER_PORT, "/api/v2/alerts");
    return new Set(
      alerts.filter(({ endsAt }) => Date.parse(endsAt) > Date.now()).map(({ labels }) => labels.alertname),
    );
  }

  /** Waits until the Alertmanager has received each of these alerts, or with `false` until none of them fires any more. */
  async fires(alerts: readonly string[], fires = true): Promise<void> {
    let missing: readonly string[] = alerts;
    const done = async () => {
      await this.discover();
      const received = await this.received();
      missing = (fires ? missing : alerts).filter((alert) => received.has(alert) !== fires);
      return missing.length === 0;
    };
    await until(fires ? "the alerts" : "the alerts to end", 90, done).catch((error: unknown) => {
      throw new Error(`${missing.join(", ")}: must ${fires ? "" : "not "}fire`, { cause: error });
    });
  }

  async #configuration(): Promise<Record<string, string>> {
    const { items } = await this.#site.kubeJson<{ items: PrometheusRule[] }>(["get", "prometheusrules"]);
    const groups = items
      .flatMap(({ spec }) => spec.groups)
      .map(({ name, rules }) => ({ name, rules: rules.flatMap(this.#changed) }));
    const configuration = {
      global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL, evaluation_interval: INTERVAL },
      rule_files: ["/etc/prometheus/rules.yml"],
      alerting: ALERTING,
      scrape_configs: (await discover(this.#site, this.#others)).map(({ honorLabels, job, path }) => ({
        job_name: job,
        metrics_path: path,
        honor_labels: honorLabels,
        file_sd_configs: [{ files: [`${SCRAPED}/${job}.json`], refresh_interval: INTERVAL }],
      })),
    };
    // JSON is valid YAML.
    return {
      "prometheus.yml": JSON.stringify(configuration),
      "rules.yml": JSON.stringify({ groups: groups.map(hastened) }),
      "alertmanager.yml": JSON.stringify(ALERTMANAGER),
    };
  }
}

/** The same rules in less time: the alerts of assets/alerts look back and wait for seconds, and all are judged every second. */
function hastened({ name: group, rules }: Group): Group {
  const isObjective = group.startsWith("sloth-");
  return {
    name: group,
    rules: rules.map((rule) => ({
      ...rule,
      expr: isObjective ? rule.expr : rule.expr.replaceAll(/\[\d+m\]/g, `[${RANGE}]`),
      ...(rule.for ? { for: "1s" } : {}),
    })),
  };
}

/** Asks a server of the pod through the proxy of the API server. */
async function ask<T>(port: number, path: string): Promise<T> {
  return JSON.parse(
    await kubectl(["get", "--raw", `/api/v1/namespaces/${MONITORING}/pods/${PROMETHEUS}:${port}/proxy${path}`]),
  ) as T;
}
