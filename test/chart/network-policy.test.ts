/** @needs helm */
import { isHook, type Manifest, pick, refusal, render } from "./helm.ts";
import { EXTERNAL, NAME } from "./value-sets.ts";

const ON = { "networkPolicy.enabled": true };
const policies = (manifests: Manifest[]) => manifests.filter((m) => m.kind === "NetworkPolicy" && !isHook(m));
const tcp = (port: number) => [{ protocol: "TCP", port }];
const podsOf = (name: string) => ({
  podSelector: { matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": NAME } },
});
const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

test("there is none unless asked for", () => {
  expect(render(NAME).filter((m) => m.kind === "NetworkPolicy")).toEqual([]);
});

describe("with the evaluation tier", () => {
  const manifests = render(NAME, ON);

  test("nothing of the release is reached or reaches anything but names", () => {
    const { podSelector, policyTypes, ingress, egress } = pick(manifests, "NetworkPolicy", `${NAME}-default`)["spec"];
    expect([podSelector, policyTypes, ingress]).toEqual([
      { matchLabels: { "app.kubernetes.io/instance": NAME } },
      ["Ingress", "Egress"],
      undefined,
    ]);
    expect(egress.map((rule: any) => rule.ports)).toEqual([
      [53, 5353].flatMap((port) => [
        { protocol: "UDP", port },
        { protocol: "TCP", port },
      ]),
    ]);
  });

  test("names are resolved where the values say", () => {
    const to = [inNamespace("openshift-dns"), { ipBlock: { cidr: "10.0.0.2/32" } }];
    const values = { ...ON, "networkPolicy.dns": { to, ports: [5353] } };
    expect(pick(render(NAME, values), "NetworkPolicy", `${NAME}-default`)["spec"].egress).toEqual([
      {
        to,
        ports: [
          { protocol: "UDP", port: 5353 },
          { protocol: "TCP", port: 5353 },
        ],
      },
    ]);
    expect(refusal({ ...ON, "networkPolicy.dns.to": [] })).toContain("networkPolicy");
  });

  test("that selects every pod of the release", () => {
    const workloads = manifests.filter((m) => ["Deployment", "StatefulSet"].includes(m.kind));
    const pods = [...workloads.map(({ spec }) => spec.template), ...manifests.filter((m) => m.kind === "Pod")];
    expect(pods.map((pod) => pod.metadata.labels["app.kubernetes.io/instance"])).toEqual([NAME, NAME, NAME, NAME]);
  });

  test("the application is reached by the controller and by Prometheus, each at its port", () => {
    expect(pick(manifests, "NetworkPolicy", NAME)["spec"].ingress).toEqual([
      { from: [inNamespace("ingress-nginx")], ports: tcp(8080) },
      { from: [inNamespace("monitoring")], ports: tcp(9090) },
    ]);
  });

  test("the application reaches its database and its cache, which are reached by nothing else", () => {
    expect(pick(manifests, "NetworkPolicy", NAME)["spec"].egress).toEqual([
      { to: [podsOf("postgresql")], ports: tcp(5432) },
      { to: [podsOf("redis")], ports: tcp(6379) },
    ]);
    for (const [tier, port] of [["postgresql", 5432] as const, ["redis", 6379] as const])
      expect(pick(manifests, "NetworkPolicy", `${NAME}-${tier}`)["spec"]).toEqual({
        ...podsOf(tier),
        policyTypes: ["Ingress"],
        ingress: [{ from: [podsOf(NAME)], ports: tcp(port) }],
      });
  });
});

describe("beside an external data tier", () => {
  const external = {
    ...EXTERNAL,
    ...ON,
    "networkPolicy.database": { to: [{ ipBlock: { cidr: "10.1.2.3/32" } }], port: 6432 },
    "networkPolicy.cache.to": [{ podSelector: { matchLabels: { app: "cache" } } }],
  };

  test("the application reaches what is named", () => {
    expect(pick(render(NAME, external), "NetworkPolicy", NAME)["spec"].egress).toEqual([
      { to: [{ ipBlock: { cidr: "10.1.2.3/32" } }], ports: tcp(6432) },
      { to: [{ podSelector: { matchLabels: { app: "cache" } } }], ports: tcp(6379) },
    ]);
  });

  test("nothing of the evaluation tier is left", () => {
    expect(policies(render(NAME, external)).map((m) => m.metadata.name)).toEqual([`${NAME}-default`, NAME]);
  });

  test("an empty list of peers admits nobody, rather than everyone", () => {
    const closed = { ...external, "networkPolicy.controller": [], "networkPolicy.prometheus": [] };
    expect(pick(render(NAME, closed), "NetworkPolicy", NAME)["spec"].ingress).toBeUndefined();
  });

  test.each<[string, string]>([
    ["database", "networkPolicy.database.to: must name the database when postgresql.enabled is false, got nothing"],
    ["cache", "networkPolicy.cache.to: must name the cache when redis.enabled is false, got nothing"],
  ])("a %s that is not named is refused", (tier, message) => {
    expect(refusal({ ...external, [`networkPolicy.${tier}`]: { to: [] } })).toContain(message);
  });
});
