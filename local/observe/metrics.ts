import { kubectl } from "../cluster/cluster.ts";
import { ALERTING, ALERTMANAGER, startPrometheus, stopPrometheus } from "./prometheus.ts";
import { FINDER, finderOf, type Monitor, scrapeOf, type Service, targetsOf } from "./targets.ts";

interface PrometheusRule {
  readonly spec: { readonly groups: readonly unknown[] };
}

/** As often as the monitors of a stack say by default. */
const INTERVAL = "30s";

async function list<T>(kinds: string): Promise<T[]> {
  const found = await kubectl(["get", kinds, "--all-namespaces", "-o", "json"]);
  return (JSON.parse(found) as { items: T[] }).items;
}

/** Starts a Prometheus that scrapes and judges what the stacks' monitors and rules say, as they are now. */
export async function startMetrics(): Promise<void> {
  const [monitors, services, rules] = await Promise.all([
    list<Monitor>("servicemonitors,podmonitors"),
    list<Service>("services"),
    list<PrometheusRule>("prometheusrules"),
  ]);
  const targets = targetsOf(monitors, services);
  const items = targets.map(finderOf);
  await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  const configuration = {
    global: { scrape_interval: INTERVAL, evaluation_interval: INTERVAL },
    rule_files: ["/etc/prometheus/rules.yml"],
    alerting: ALERTING,
    scrape_configs: targets.map(scrapeOf),
  };
  // JSON is valid YAML. Sites may have groups of the same name, which one file may not.
  const groups = rules.flatMap(({ spec }) => spec.groups as { name: string }[]);
  const named = groups.map((group, i) => ({ ...group, name: `${group.name}-${i}` }));
  await stopPrometheus();
  await startPrometheus({
    "prometheus.yml": JSON.stringify(configuration),
    "rules.yml": JSON.stringify({ groups: named }),
    "alertmanager.yml": JSON.stringify(ALERTMANAGER),
  });
}

export async function stopMetrics(): Promise<void> {
  await kubectl(["delete", "services", "--all-namespaces", `--selector=${FINDER}`]);
  await stopPrometheus();
}
