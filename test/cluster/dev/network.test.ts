import net from "node:net";
import { once } from "node:events";
import { apiServiceAddress, dnsAddress, hostAddress, nodeAddress, ports } from "../../../local/lib/addresses.ts";
import { type Address, type Labels, type Probe, Probes } from "../support/probes.ts";
import { kube, kubeJson, namespace, until } from "../support/site.ts";

/** Every component in the site's namespace with the labels of its pods. A pod that matches none fails the test. */
const COMPONENTS: Readonly<Record<string, Labels>> = {
  application: { "app.kubernetes.io/name": "acci-framework" },
  postgres: { "cnpg.io/cluster": "postgres" },
  redis: { "app.kubernetes.io/name": "redis", "app.kubernetes.io/part-of": "acci" },
  "acme-solver": { "acme.cert-manager.io/http01-solver": "true" },
  backup: { "app.kubernetes.io/name": "backup", "app.kubernetes.io/part-of": "acci" },
  offsite: { "app.kubernetes.io/name": "offsite", "app.kubernetes.io/part-of": "acci" },
  drill: { "app.kubernetes.io/name": "drill", "app.kubernetes.io/part-of": "acci" },
  "smoke-test": { "app.kubernetes.io/name": "smoke-test", "app.kubernetes.io/part-of": "acci" },
  restore: { "app.kubernetes.io/name": "restore", "app.kubernetes.io/part-of": "acci" },
  "backup-agent": { "app.kubernetes.io/name": "backup-agent", "app.kubernetes.io/part-of": "acci" },
};

const NEIGHBOURS: Readonly<Record<string, Probe>> = {
  controller: { namespace: "traefik", labels: { "app.kubernetes.io/name": "traefik" } },
  operator: { namespace: "cnpg-system", labels: { "app.kubernetes.io/name": "cloudnative-pg" } },
  prometheus: { namespace: "monitoring", labels: { "app.kubernetes.io/name": "prometheus" } },
  "beside-controller": { namespace: "traefik", labels: {} },
  "false-controller": { namespace: "acci-elsewhere", labels: { "app.kubernetes.io/name": "traefik" } },
  "false-application": { namespace: "acci-elsewhere", labels: COMPONENTS["application"]! },
};

/**
 * Targets beyond the site that pods of other namespaces reach. The site's policies do not decide about them; that they are reached proves
 * that the targets answer.
 */
const ELSEWHERE = ["dns", "api-server", "node", "route", "store", "outside"];

/** Targets that each source may reach. Every target that is not in this table must be closed. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  application: ["postgres:5432", "redis:6379", "dns"],
  postgres: ["postgres:5432", "postgres:8000", "dns", "api-server"],
  redis: ["dns"],
  "acme-solver": ["dns"],
  backup: ["postgres:5432", "dns", "store"],
  offsite: ["dns", "store"],
  drill: ["dns", "store"],
  "smoke-test": ["application:9090", "route", "dns", "store"],
  restore: ["postgres:5432", "redis:6379", "dns", "store"],
  "backup-agent": ["postgres:5432", "dns", "store"],
  stranger: ["dns"],
  controller: ["application:8080", "acme-solver:8089", ...ELSEWHERE],
  operator: ["postgres:5432", "postgres:8000", ...ELSEWHERE],
  prometheus: ["application:9090", "backup-agent:9090", "postgres:9187", "postgres:9127", ...ELSEWHERE],
  "beside-controller": ELSEWHERE,
  "false-controller": ELSEWHERE,
  "false-application": ELSEWHERE,
};

const PORTS = [8080, 9090, 5432, 8000, 6379, 8089, 9187, 9127];

/** Addresses of the components themselves, besides the probes that carry their labels. */
const SERVICES: Readonly<Record<string, string>> = {
  "application:8080": `acci-framework.${namespace}.svc.cluster.local`,
  "application:9090": `acci-framework.${namespace}.svc.cluster.local`,
  "postgres:5432": `postgres-rw.${namespace}.svc.cluster.local`,
  "redis:6379": `redis.${namespace}.svc.cluster.local`,
};

/** Ports that a too wide rule for the API server would open. */
const OUTSIDE = [443, 6443, 8080];

const probes = new Probes({
  ...Object.fromEntries(Object.entries(COMPONENTS).map(([name, labels]) => [name, { namespace, labels }])),
  stranger: { namespace, labels: {} },
  ...NEIGHBOURS,
});

interface Target {
  readonly name: string;
  readonly address: Address;
}

function targetsFor(source: string): Target[] {
  const own = [...Object.keys(COMPONENTS), "stranger"];
  return [
    // A pod reaches itself whatever the policies say. Other pods of its kind are reached as the component itself.
    ...own
      .filter((name) => name !== source)
      .flatMap((name) => PORTS.map((port) => ({ name: `${name}:${port}`, address: { host: probes.ip(name), port } }))),
    ...Object.entries(SERVICES).map(([name, host]) => ({ name, address: { host, port: Number(name.split(":")[1]) } })),
    { name: "dns", address: { host: dnsAddress, port: 53 } },
    { name: "dns", address: { host: dnsAddress, port: 53, udp: true } },
    { name: "api-server", address: { host: apiServiceAddress, port: 443 } },
    { name: "api-server", address: { host: nodeAddress, port: ports.api } },
    { name: "route", address: { host: "traefik.traefik.svc.cluster.local", port: 443 } },
    { name: "store", address: { host: nodeAddress, port: ports.store } },
    { name: "node", address: { host: nodeAddress, port: ports.registry } },
    { name: "node", address: { host: nodeAddress, port: 10250 } },
    ...OUTSIDE.map((port) => ({ name: "outside", address: { host: hostAddress, port } })),
  ];
}

/** Targets that a source reaches but must not, or does not reach but must. */
async function mismatches(source: string, allowed: readonly string[]): Promise<string[]> {
  const targets = targetsFor(source);
  const open = await probes.reach(
    source,
    targets.map(({ address }) => address),
  );
  return targets.flatMap(({ address: { host, port, udp }, name }, i) => {
    if (open[i] === allowed.includes(name)) return [];
    const where = `${source} -> ${name} at ${host}:${port}${udp ? " by UDP" : ""}`;
    return [`${where}: is ${open[i] ? "open, must be closed" : "closed, must be open"}`];
  });
}

const surprises = async (allowed = ALLOWED) =>
  (await Promise.all(Object.entries(allowed).map(([source, targets]) => mismatches(source, targets)))).flat();

interface Pods {
  readonly items: readonly { metadata: { name: string; labels?: Labels } }[];
}
interface PoliciesList {
  readonly items: readonly { spec: { podSelector: { matchLabels?: Labels; matchExpressions?: unknown } } }[];
}

const matches = (selector: Labels, labels: Labels = {}) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

/** Labels of the pods that exist, and of the pod templates that may run later. */
async function podLabels(): Promise<{ name: string; labels: Labels }[]> {
  const { items: pods } = await kubeJson<Pods>(["get", "pods"]);
  const kinds = "deployments,statefulsets,daemonsets,jobs,cronjobs";
  const { items: workloads } = await kubeJson<{
    items: readonly { kind: string; metadata: { name: string }; spec: Record<string, any> }[];
  }>(["get", kinds]);
  return [
    ...pods.map(({ metadata }) => ({ name: metadata.name, labels: metadata.labels ?? {} })),
    ...workloads.map(({ kind, metadata, spec }) => ({
      name: `${kind} ${metadata.name}`,
      labels: (spec["jobTemplate"]?.spec ?? spec).template.metadata?.labels ?? {},
    })),
  ];
}

/** Pods that only the policies for every pod select. */
async function unselected(): Promise<string[]> {
  const { items } = await kubeJson<PoliciesList>(["get", "networkpolicies"]);
  const selectors = items.map(({ spec }) => spec.podSelector);
  expect(selectors.filter(({ matchExpressions }) => matchExpressions !== undefined)).toEqual([]);
  const named = selectors.map(({ matchLabels = {} }) => matchLabels).filter((labels) => Object.keys(labels).length > 0);
  const pods = await podLabels();
  return pods.filter(({ labels }) => !named.some((selector) => matches(selector, labels))).map(({ name }) => name);
}

describe("the network of the site", () => {
  const outside = OUTSIDE.map((port) => ({ port, server: net.createServer((socket) => socket.end()) }));

  beforeAll(async () => {
    await Promise.all(outside.map(({ port, server }) => once(server.listen(port, hostAddress), "listening")));
    await probes.start(PORTS);
  });
  afterAll(async () => {
    for (const { server } of outside) server.close();
    await probes.stop();
  });

  it("lets through what the table says, and nothing else", async () => {
    let found: string[] = ["not measured"];
    // The rules of a pod are in force a moment after its start.
    await until("the rules", 60, async () => (found = await surprises()).length === 0).catch(() => undefined);
    expect(found).toEqual([]);
  });

  it("would be seen to be too open", async () => {
    const rule = { podSelector: { matchLabels: COMPONENTS["redis"] }, policyTypes: ["Ingress"] };
    const policy = {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "too-open" },
      spec: { ...rule, ingress: [{ ports: [{ protocol: "TCP", port: 8089 }] }] },
    };
    await kube(["apply", "-f", "-"], JSON.stringify(policy));
    try {
      const seen = new RegExp(
        `^(${Object.keys(NEIGHBOURS).join("|")}) -> redis:8089 at \\S+: is open, must be closed$`,
      );
      let found: string[] = [];
      const all = Object.keys(NEIGHBOURS).length;
      await until("the hole", 60, async () => (found = await surprises()).length === all).catch(() => undefined);
      expect(found.filter((text) => !seen.test(text))).toEqual([]);
      expect(found).toHaveLength(all);
    } finally {
      await kube(["delete", "networkpolicy", "too-open"]);
    }
    await until("the hole to be closed", 60, async () => (await surprises()).length === 0);
  });

  it("would be seen to be too closed", async () => {
    expect(await surprises({ stranger: ["dns", "redis:6379"] })).toEqual([
      expect.stringMatching(/^stranger -> redis:6379 at [\d.]+:6379: is closed, must be open$/),
      `stranger -> redis:6379 at ${SERVICES["redis:6379"]}:6379: is closed, must be open`,
    ]);
  });

  it("has a policy for every pod but the stranger", async () => {
    expect(await unselected()).toEqual(["stranger"]);
  });

  it("has no pod that the table does not know", async () => {
    const known = Object.values(COMPONENTS);
    const unknown = (await podLabels()).filter(({ labels }) => !known.some((selector) => matches(selector, labels)));
    expect(unknown.map(({ name }) => name)).toEqual(["stranger"]);
  });
});
