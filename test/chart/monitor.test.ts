/** @needs helm */
import { pick } from "./helm.ts";
import { beside, NAME } from "./value-sets.ts";

const ON = { "serviceMonitor.enabled": true };

test("there is no monitor unless asked for", () => {
  expect(beside().map((m) => m.kind)).not.toContain("ServiceMonitor");
});

test("Prometheus scrapes the ops port, which the Service has", () => {
  const manifests = beside(ON);
  const { selector, endpoints } = pick(manifests, "ServiceMonitor", NAME)["spec"];
  expect(endpoints).toEqual([{ port: "ops", path: "/metrics", interval: "30s" }]);
  const service = pick(manifests, "Service", NAME);
  expect(service["spec"].ports.map((port: any) => port.name)).toContain("ops");
  expect(service.metadata.labels).toMatchObject(selector.matchLabels);
});

test("the interval and what Prometheus selects by can be set", () => {
  const { metadata, spec } = pick(
    beside({ ...ON, "serviceMonitor.interval": "1m", "serviceMonitor.labels": { release: "kube-prometheus" } }),
    "ServiceMonitor",
    NAME,
  );
  expect([spec.endpoints[0].interval, metadata.labels["release"]]).toEqual(["1m", "kube-prometheus"]);
});
