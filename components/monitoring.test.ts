import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../config/load.ts";
import { alertRules } from "./alert-rules.ts";
import { buildStack } from "../stack.ts";
import { find, knownOf, record } from "../test/recorder.ts";
import { stackValues } from "../test/stack-config.ts";
import { project } from "../tooling/paths.ts";

const FOLDER = join(project, "assets", "alerts");
const RULE = "kubernetes:monitoring.coreos.com/v1:PrometheusRule";
const MONITOR = "kubernetes:monitoring.coreos.com/v1:ServiceMonitor";

async function recorded(monitoring?: object) {
  const { monitoring: _, ...values } = stackValues("prod");
  const config = parseConfig("prod", { ...values, ...(monitoring ? { monitoring } : {}) });
  return record((opts) => void buildStack(config, knownOf(config), opts), { stack: "prod" });
}

test("every file of rules is known", () => {
  const files = readdirSync(FOLDER).filter((file) => !file.endsWith(".test.yaml"));
  expect(Object.keys(alertRules(FOLDER)).map((name) => `${name}.yaml`)).toEqual(files);
});

test("the rules are on the cluster as they are in the repository, but for those of an archive that there is not", async () => {
  const rules = alertRules(FOLDER, ["archive"]);
  const resources = await recorded({ labels: { release: "ours" } });
  expect(resources.filter(({ type }) => type === RULE)).toHaveLength(Object.keys(rules).length);
  for (const [name, spec] of Object.entries(rules)) {
    const { inputs } = find(resources, RULE, `monitoring-rules-${name}`);
    expect(inputs["spec"]).toEqual(spec);
    expect(inputs["metadata"]).toMatchObject({ namespace: "acci-prod", labels: { release: "ours" } });
  }
});

test("the watch's Service and port are scraped, and the application's by its own chart", async () => {
  const resources = await recorded({ labels: { release: "ours" }, interval: "15s" });
  const { metadata, spec } = find(resources, MONITOR, "monitoring-watch").inputs as any;
  expect(metadata.labels.release).toBe("ours");
  expect(spec.endpoints).toEqual([{ port: "metrics", path: "/metrics", interval: "15s" }]);
  const service = find(resources, "kubernetes:core/v1:Service", "watch").inputs as any;
  expect(service.metadata.labels).toMatchObject(spec.selector.matchLabels);
  expect(service.spec.ports[0].name).toBe("metrics");
  const { values } = find(resources, "kubernetes:helm.sh/v3:Release", "application").inputs as any;
  expect(values.serviceMonitor).toEqual({ enabled: true, interval: "15s", labels: { release: "ours" } });
});

test("there is nothing of it unless asked for", async () => {
  const resources = await recorded();
  expect(resources.filter(({ type }) => /monitoring/i.test(type))).toEqual([]);
  const { values } = find(resources, "kubernetes:helm.sh/v3:Release", "application").inputs as any;
  expect(values.serviceMonitor).toBeUndefined();
});
