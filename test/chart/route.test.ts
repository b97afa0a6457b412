/** @needs helm */
import { type Manifest, pick, refusal } from "./helm.ts";
import { beside as program, EXTERNAL, GATEWAY, NAME } from "./value-sets.ts";

test("metrics are not on the public route", () => {
  const [rule] = pick(program(), "Ingress", NAME)["spec"].rules;
  expect(rule.http.paths).toEqual([
    { path: "/", pathType: "Prefix", backend: { service: { name: NAME, port: { name: "http" } } } },
  ]);
});

test("the route asks for a certificate unless told not to", () => {
  const annotationsOf = (manifests: Manifest[]) => pick(manifests, "Ingress", NAME).metadata.annotations;
  expect(annotationsOf(program())).toEqual({ "cert-manager.io/cluster-issuer": "letsencrypt-prod" });
  expect(annotationsOf(program({ "ingress.annotations": { "cert-manager.io/cluster-issuer": "" } }))).toBeNull();
});

describe("a host of the ingress without TLS", () => {
  const hosts = (...names: string[]) => names.map((host) => ({ host, paths: [{ path: "/", pathType: "Prefix" }] }));
  const tls = (...names: string[]) => [{ secretName: "tls", hosts: names }];

  test("is refused by name, for example when the default host alone has been changed", () => {
    expect(refusal({ "ingress.hosts": hosts("www.example.org") })).toContain(
      "ingress.tls: must cover every host of ingress.hosts, got api.acci-framework.dev without www.example.org; " +
        "add it to the hosts of an entry, or set ingress.tls to [] for plain HTTP",
    );
  });

  test.each([
    ["is covered by its name", hosts("a.example.org", "b.example.org"), tls("b.example.org", "a.example.org")],
    ["is covered by a wildcard", hosts("a.example.org"), tls("*.example.org")],
    ["is meant, when there is no TLS at all", hosts("a.example.org"), []],
  ])("%s", (_, named, covered) => {
    const { spec } = pick(program({ "ingress.hosts": named, "ingress.tls": covered }), "Ingress", NAME);
    expect(spec.rules).toHaveLength(named.length);
  });

  test("is not covered by the wildcard of another level", () => {
    const values = { "ingress.hosts": hosts("a.b.example.org"), "ingress.tls": tls("*.example.org") };
    expect(refusal(values)).toContain("without a.b.example.org");
  });
});

test("headers and limits of the route are the pods' own, in whole numbers", () => {
  const settings = (values: object) => {
    const { data } = pick(program(values), "ConfigMap", NAME);
    return [data.HSTS_SECONDS, data.RATE_LIMIT_PER_SECOND, data.RATE_LIMIT_BURST, data.TRUSTED_PROXIES];
  };
  expect(settings({})).toEqual(["31536000", "0", "100", "1"]);
  const limit = { perSecond: 100_000, burst: 100_000, proxies: 2 };
  expect(settings({ "config.hstsSeconds": 0, "config.rateLimit": limit })).toEqual(["0", "100000", "100000", "2"]);
});

describe("the Gateway's route", () => {
  test("is there instead of the ingress, when asked for", () => {
    const routes = (values: object) =>
      program(values)
        .map((m) => m.kind)
        .filter((kind) => ["Ingress", "HTTPRoute"].includes(kind));
    expect([routes({}), routes(GATEWAY), routes({ "ingress.enabled": false })]).toEqual([
      ["Ingress"],
      ["HTTPRoute"],
      [],
    ]);
  });

  test("leads to the public port alone: readiness and metrics are on another", () => {
    const manifests = program(GATEWAY);
    const { parentRefs, hostnames, rules } = pick(manifests, "HTTPRoute", NAME)["spec"];
    expect(parentRefs).toEqual([{ name: "public", namespace: "gateways", sectionName: "https" }]);
    expect(hostnames).toEqual(["api.acci-framework.dev"]);
    expect(rules).toEqual([
      { matches: [{ path: { type: "PathPrefix", value: "/" } }], backendRefs: [{ name: NAME, port: 8080 }] },
    ]);
    const settings = pick(manifests, "ConfigMap", NAME)["data"];
    expect([settings.LISTEN_ADDR, settings.OPS_ADDR]).toEqual(["0.0.0.0:8080", "0.0.0.0:9090"]);
  });

  test("has every host of its Gateway when it names none", () => {
    const { spec } = pick(program({ ...GATEWAY, "gateway.hostnames": [] }), "HTTPRoute", NAME);
    expect(Object.keys(spec)).toEqual(["parentRefs", "rules"]);
  });

  test("carries annotations", () => {
    const values = { ...GATEWAY, "gateway.annotations": { owner: "web" } };
    expect(pick(program(values), "HTTPRoute", NAME).metadata.annotations).toEqual({ owner: "web" });
  });
});

test.each<[string, object, string]>([
  [
    "both routes at once",
    { ...GATEWAY, "ingress.enabled": true },
    "gateway.enabled: must not be true together with ingress.enabled; set ingress.enabled to false",
  ],
  [
    "a route without a Gateway",
    { ...GATEWAY, "gateway.parentRefs": [] },
    "gateway.parentRefs: must name a Gateway, got none; set it to, for example, [{name: public, namespace: gateways}]",
  ],
])("refuses %s", (_, values, message) => expect(refusal({ ...EXTERNAL, ...values })).toContain(message));
