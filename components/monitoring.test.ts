import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../config/load.ts";
import { alertRules } from "./alert-rules.ts";
import { buildStack } from "../stack.ts";
import { find, knownOf, namesOf, record } from "../test/recorder.ts";
import { stackValues } from "../test/stack-config.ts";
import { project } from "../tooling/paths.ts";

const FOLDER = join(project, "assets", "alerts");
const RULE = "kubernetes:monitoring.coreos.com/v1:PrometheusRule";
const POD_MONITOR = "kubernetes:monitoring.coreos.com/v1:PodMonitor";
const MONITOR = "kubernetes:monitoring.coreos.com/v1:ServiceMonitor";

async function recorded(monitoring?: object) {
  const { monitoring: _, slo, ...values } = stackValues("prod");
  const config = parseConfig("prod", { ...values, ...(monitoring ? { monitoring, slo } : {}) });
  return record((opts) => void buildStack(config, knownOf(config), opts), { stack: "prod" });
}

test("every file of rules is known", () => {
  const files = readdirSync(FOLDER).filter((file) => !file.endsWith(".test.yaml"));
  expect(Object.keys(alertRules(FOLDER)).map((name) => `${name}.yaml`)).toEqual(files);
});

test("the rules are on the cluster as they are in the repository, but for those of an archive and a canary that there are not", async () => {
  const rules = alertRules(FOLDER, ["archive", "rollouts"]);
  const resources = await recorded({ labels: { release: "ours" } });
  const names = [...Object.keys(rules), "site", "slo"].map((name) => `monitoring-rules-${name}`);
  expect(namesOf(resources, RULE)).toEqual(names.sort());
  for (const [name, spec] of Object.entries(rules)) {
    const { inputs } = find(resources, RULE, `monitoring-rules-${name}`);
    expect(inputs["spec"]).toEqual(spec);
    expect(inputs["metadata"]).toMatchObject({ namespace: "acci-prod", labels: { release: "ours" } });
  }
});

test("the agent's Service and port are scraped, and the application's by its own chart", async () => {
  const resources = await recorded({ labels: { release: "ours" }, interval: "15s" });
  const { metadata, spec } = find(resources, MONITOR, "monitoring-backup-agent").inputs as any;
  expect(metadata.labels.release).toBe("ours");
  expect(spec.endpoints).toEqual([{ port: "metrics", path: "/metrics", interval: "15s" }]);
  const service = find(resources, "kubernetes:core/v1:Service", "backup-agent").inputs as any;
  expect(service.metadata.labels).toMatchObject(spec.selector.matchLabels);
  expect(service.spec.ports[0].name).toBe("metrics");
  const { values } = find(resources, "kubernetes:helm.sh/v3:Release", "application").inputs as any;
  expect(values.serviceMonitor).toEqual({ enabled: true, interval: "15s", labels: { release: "ours" } });
});

test("the database and the pooler are scraped under names of their own", async () => {
  const resources = await recorded({ labels: { release: "ours" }, interval: "15s" });
  const monitors = ["postgres", "pooler"].map((of) => find(resources, POD_MONITOR, `monitoring-${of}`).inputs as any);
  expect(monitors.map(({ spec }) => spec.selector.matchLabels)).toEqual([
    { "cnpg.io/cluster": "postgres", "cnpg.io/podRole": "instance" },
    { "cnpg.io/poolerName": "postgres-pooler", "cnpg.io/podRole": "pooler" },
  ]);
  const jobs = monitors.map(({ spec }) => spec.podMetricsEndpoints[0].relabelings[0].replacement);
  expect(jobs).toEqual(["acci-postgres", "acci-pooler"]);
  const used = alertRules(FOLDER)["database"]!.groups.flatMap((group) =>
    JSON.stringify(group).match(/job=\\"([\w-]+)/g)!,
  );
  expect(new Set(used)).toEqual(new Set(jobs.map((job) => `job=\\"${job}`)));
});

test("the site's limits are recorded for the alerts, as it is configured", async () => {
  const resources = await recorded({});
  const { groups } = find(resources, RULE, "monitoring-rules-site").inputs["spec"];
  const records = groups[0].rules.map(({ expr, labels, record }: any) => [record, labels.namespace, expr]);
  expect(records.slice(0, -1)).toEqual([
    ["acci_site:application_cpu_limit:cores", "acci-prod", "vector(2)"],
    ["acci_site:application_memory_limit:bytes", "acci-prod", "vector(2147483648)"],
    ["acci_site:application_replicas:min", "acci-prod", "vector(3)"],
    ["acci_site:application_replicas:max", "acci-prod", "vector(10)"],
    ["acci_site:postgres_instances:count", "acci-prod", "vector(3)"],
    ["acci_site:pooler_instances:count", "acci-prod", "vector(2)"],
    ["acci_site:redis_instances:count", "acci-prod", "vector(1)"],
    ["acci_site:backup_interval:seconds", "acci-prod", "vector(86400)"],
    ["acci_site:offsite_interval:seconds", "acci-prod", "vector(86400)"],
  ]);
});

test("dashboards are ConfigMaps for the sidecar of Grafana, each its own, where it looks for them", async () => {
  const dashboards = { label: "our_dashboard", folder: "Ours", namespace: "grafana" };
  const maps = (await recorded({ dashboards })).filter(({ name }) => name.startsWith("monitoring-dashboard-"));
  expect(maps.length).toBeGreaterThan(4);
  for (const { inputs } of maps) {
    expect(inputs["metadata"]).toMatchObject({
      name: expect.stringMatching(/^acci-prod-dashboard-/),
      namespace: "grafana",
      labels: { our_dashboard: "1" },
      annotations: { grafana_folder: "Ours" },
    });
    const [[file, text]] = Object.entries(inputs["data"]) as [[string, string]];
    expect(`${JSON.parse(text).uid}.json`).toBe(file);
  }
  expect((await recorded({})).filter(({ name }) => name.startsWith("monitoring-dashboard-"))).toEqual([]);
});

test("there is nothing of it unless asked for", async () => {
  const resources = await recorded();
  expect(resources.filter(({ name, type }) => /monitoring/i.test(type) || /exporter/.test(name))).toEqual([]);
  const { values } = find(resources, "kubernetes:helm.sh/v3:Release", "application").inputs as any;
  expect(values.serviceMonitor).toBeUndefined();
});
