import { NetworkPolicies } from "./network-policies.ts";
import { record } from "../test/recorder.ts";

const neighbour = (namespace: string) => ({ namespace, podLabels: { app: namespace } });
const args = {
  namespace: "acci-dev",
  controller: neighbour("traefik"),
  operator: neighbour("cnpg-system"),
  prometheus: neighbour("monitoring"),
  apiServer: { cidrs: ["10.0.0.1/32"], ports: [443, 16_443] },
  dns: {
    namespace: "openshift-dns",
    podLabels: { "dns.operator.openshift.io/daemonset-dns": "default" },
    cidrs: ["10.0.0.2/32"],
    ports: [53, 5353],
  },
  walArchived: false,
  scraped: false,
  exported: false,
};

const APPLICATION = { "app.kubernetes.io/name": "acci-framework" };
const POSTGRES = { "cnpg.io/cluster": "postgres" };
const REDIS = { "app.kubernetes.io/name": "redis", "app.kubernetes.io/part-of": "acci" };
const SOLVER = { "acme.cert-manager.io/http01-solver": "true" };

const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: "TCP", port }));
const pods = (matchLabels: object) => ({ podSelector: { matchLabels } });
const outside = (namespace: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels: { app: namespace } },
});
const ingress = (to: object, peer: object, ...ports: number[]) => ({
  podSelector: { matchLabels: to },
  policyTypes: ["Ingress"],
  ingress: [{ from: [peer], ports: tcp(...ports) }],
});
const egress = (from: object, peer: object, ...ports: number[]) => ({
  podSelector: { matchLabels: from },
  policyTypes: ["Egress"],
  egress: [{ to: [peer], ports: tcp(...ports) }],
});

const egressTo = (cidr: string, port: number) => [{ to: [{ ipBlock: { cidr } }], ports: tcp(port) }];

test("lets the copies reach both stores, and nothing else", async () => {
  const stores = {
    store: { cidrs: ["10.1.0.0/16"], port: 443 },
    secondStore: { cidrs: ["10.2.0.0/16"], port: 9000 },
  };
  const resources = await record((opts) => void new NetworkPolicies("network-policies", { ...args, ...stores }, opts));
  const ofCopies = resources
    .map(({ inputs, name }) => [name.replace("network-policies-", ""), inputs["spec"]] as const)
    .filter(([, spec]) => spec?.podSelector.matchLabels?.["app.kubernetes.io/name"] === "offsite");
  expect(ofCopies.map(([name, spec]) => [name, spec.egress])).toEqual([
    ["offsite-to-store", egressTo("10.1.0.0/16", 443)],
    ["offsite-to-second-store", egressTo("10.2.0.0/16", 9000)],
  ]);
});

test("lets Prometheus reach the database and its pooler where they are scraped, and nothing else of theirs", async () => {
  const resources = await record(
    (opts) => void new NetworkPolicies("network-policies", { ...args, scraped: true }, opts),
  );
  const edges = resources.filter(({ name }) => name === "network-policies-prometheus-to-postgres");
  expect(edges.map(({ inputs }) => inputs["spec"])).toEqual([ingress(POSTGRES, outside("monitoring"), 9187, 9127)]);
});

test.each([
  [{ pods: neighbour("monitoring"), port: 4318 }, egress(APPLICATION, outside("monitoring"), 4318)],
  [{ cidrs: ["10.3.0.0/16"], port: 443 }, egress(APPLICATION, { ipBlock: { cidr: "10.3.0.0/16" } }, 443)],
])("lets the application reach the collector of its traces, and opens nothing else for it", async (collector, edge) => {
  const names = async (over: object) =>
    (await record((opts) => void new NetworkPolicies("network-policies", { ...args, ...over }, opts))).map(
      ({ name }) => name,
    );
  const resources = await record((opts) => void new NetworkPolicies("network-policies", { ...args, collector }, opts));
  const policy = resources.find(({ name }) => name === "network-policies-application-to-collector")!;
  expect(policy.inputs["spec"]).toEqual(edge);
  const without = await names({});
  expect((await names({ collector })).filter((name) => !without.includes(name))).toEqual([policy.name]);
});

test("lets the exporter reach the cache, Prometheus the exporter, and nobody else either", async () => {
  const resources = await record(
    (opts) => void new NetworkPolicies("network-policies", { ...args, exported: true }, opts),
  );
  const edges = resources.filter(({ name }) => name.includes("redis-exporter"));
  const exporter = { "app.kubernetes.io/name": "redis-exporter", "app.kubernetes.io/part-of": "acci" };
  expect(edges.map(({ inputs }) => inputs["spec"])).toEqual([
    egress(exporter, pods(REDIS), 6379),
    ingress(REDIS, pods(exporter), 6379),
    ingress(exporter, outside("monitoring"), 9121),
  ]);
});

test("opens these edges, and no other", async () => {
  const resources = await record((opts) => void new NetworkPolicies("network-policies", args, opts));
  const edges = Object.fromEntries(
    resources
      .filter((r) => r.name !== "network-policies")
      .map((r) => [r.name.replace("network-policies-", ""), r.inputs["spec"]]),
  );
  expect(edges).toEqual({
    dns: {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "openshift-dns" } },
              podSelector: { matchLabels: { "dns.operator.openshift.io/daemonset-dns": "default" } },
            },
            { ipBlock: { cidr: "10.0.0.2/32" } },
          ],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
            { protocol: "UDP", port: 5353 },
            { protocol: "TCP", port: 5353 },
          ],
        },
      ],
    },
    "route-to-application": ingress(APPLICATION, outside("traefik"), 8080),
    "route-to-acme-solver": ingress(SOLVER, outside("traefik"), 8089),
    "prometheus-to-application": ingress(APPLICATION, outside("monitoring"), 9090),
    "operator-to-postgres": ingress(POSTGRES, outside("cnpg-system"), 8000, 5432),
    "application-to-postgres-egress": egress(APPLICATION, pods(POSTGRES), 5432),
    "application-to-postgres-ingress": ingress(POSTGRES, pods(APPLICATION), 5432),
    "application-to-redis-egress": egress(APPLICATION, pods(REDIS), 6379),
    "application-to-redis-ingress": ingress(REDIS, pods(APPLICATION), 6379),
    "postgres-to-postgres-egress": egress(POSTGRES, pods(POSTGRES), 5432, 8000),
    "postgres-to-postgres-ingress": ingress(POSTGRES, pods(POSTGRES), 5432, 8000),
    "postgres-to-api-server": egress(POSTGRES, { ipBlock: { cidr: "10.0.0.1/32" } }, 443, 16_443),
  });
});
