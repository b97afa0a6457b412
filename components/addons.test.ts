import { readFileSync } from "node:fs";
import { parse, parseAllDocuments } from "yaml";
import { TLS_PROFILES } from "../kubernetes/tls-profiles.ts";
import { type AddonArgs, Addons, type AddonsArgs } from "./addons.ts";
import { find, namesOf, record } from "../test/recorder.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";
const preinstalled: AddonArgs = { mode: "preinstalled", namespace: "somewhere" };
const none: AddonsArgs = {
  certManager: preinstalled,
  cloudnativePg: preinstalled,
  traefik: preinstalled,
  ingressClassName: "nginx",
};
const install = (version: string, over: Partial<AddonArgs> = {}): AddonArgs => ({
  mode: "install",
  namespace: "ns",
  version,
  ...over,
});
const recorded = (args: Partial<AddonsArgs>) => record((opts) => void new Addons("addons", { ...none, ...args }, opts));

test("leaves alone what is there already", async () => {
  expect((await recorded({})).map((r) => r.name)).toEqual(["addons"]);
});

test("installs each add-on from its own repository, with its resource definitions", async () => {
  const resources = await recorded({
    certManager: install("v1.19.2"),
    cloudnativePg: install("0.27.0"),
    traefik: install("38.0.2"),
  });
  expect(namesOf(resources, RELEASE)).toEqual(["addons-cert-manager", "addons-cloudnative-pg", "addons-traefik"]);
  expect(find(resources, RELEASE, "addons-cert-manager").inputs).toMatchObject({
    name: "cert-manager",
    chart: "cert-manager",
    version: "v1.19.2",
    namespace: "ns",
    atomic: true,
    repositoryOpts: { repo: "https://charts.jetstack.io" },
    values: { crds: { enabled: true, keep: true }, startupapicheck: { enabled: false } },
  });
});

test("owns the namespaces it makes, so that they go with it", async () => {
  const resources = await recorded({ certManager: install("v1.19.2") });
  const namespace = find(resources, "kubernetes:core/v1:Namespace", "addons-cert-manager-namespace");
  expect(namespace.inputs["metadata"]).toMatchObject({ name: "ns" });
});

test("asks an old cert-manager for its definitions by the old name", async () => {
  const resources = await recorded({ certManager: install("v1.11.5") });
  expect(find(resources, RELEASE, "addons-cert-manager").inputs["values"]).toEqual({
    installCRDs: true,
    startupapicheck: { enabled: false },
  });
});

test("has cert-manager scraped where there is a Prometheus, with the namespace of each certificate", async () => {
  const resources = await recorded({ certManager: install("v1.19.2"), monitorLabels: { release: "ours" } });
  const { values } = find(resources, RELEASE, "addons-cert-manager").inputs as any;
  expect(values.prometheus).toEqual({
    servicemonitor: { enabled: true, honorLabels: true, labels: { release: "ours" } },
  });
});

test("a chart of one's own comes without the usual repository", async () => {
  const resources = await recorded({ certManager: install("v1.19.2", { chart: "./mirror/cert-manager.tgz" }) });
  const { inputs } = find(resources, RELEASE, "addons-cert-manager");
  expect([inputs["chart"], inputs["repositoryOpts"]?.repo]).toEqual(["./mirror/cert-manager.tgz", undefined]);
});

test("own values are merged into ours key by key", async () => {
  const values = { providers: { kubernetesIngress: { enabled: true } }, replicas: 2 };
  const resources = await recorded({ traefik: install("38.0.2", { values }) });
  expect(find(resources, RELEASE, "addons-traefik").inputs["values"]).toEqual({
    providers: {
      kubernetesIngress: { enabled: true },
      kubernetesIngressNginx: { enabled: true, ingressClass: "nginx", controllerClass: "k8s.io/ingress-nginx" },
    },
    ingressClass: { enabled: false },
    tlsOptions: { default: TLS_PROFILES.intermediate },
    replicas: 2,
  });
});

test("Traefik offers what the chosen profile has", async () => {
  const resources = await recorded({ traefik: { ...install("38.0.2"), tlsProfile: "modern" } });
  const { values } = find(resources, RELEASE, "addons-traefik").inputs;
  expect(values.tlsOptions.default.minVersion).toBe("VersionTLS13");
});

test("the embedded platform's Traefik offers the default profile as well", () => {
  const documents = parseAllDocuments(readFileSync("local/addons/traefik.yaml", "utf8")).map((one) => one.toJS());
  const { data } = documents.find(({ kind }) => kind === "ConfigMap");
  expect(parse(data["tls.yaml"]).tls.options.default).toEqual(TLS_PROFILES.intermediate);
});

test("Traefik comes with the class it serves", async () => {
  const resources = await recorded({ traefik: install("38.0.2"), ingressClassName: "public" });
  const { inputs } = find(resources, "kubernetes:networking.k8s.io/v1:IngressClass", "addons-ingress-class");
  expect([inputs["metadata"].name, inputs["spec"].controller]).toEqual(["public", "k8s.io/ingress-nginx"]);
});

test("Traefik serves the Gateway API when that is the way in, on the ports the Gateway names", async () => {
  const gateway = { className: "public", ports: { http: 8000, https: 8443 } };
  const resources = await recorded({ traefik: install("38.0.2"), gateway });
  const { values } = find(resources, RELEASE, "addons-traefik").inputs;
  expect(values.providers.kubernetesGateway).toEqual({ enabled: true });
  // ACME challenges come by an Ingress in either mode.
  expect(values.providers.kubernetesIngressNginx.enabled).toBe(true);
  expect([values.gateway, values.gatewayClass]).toEqual([{ enabled: false }, { enabled: true, name: "public" }]);
  expect(values.ports).toEqual({ web: { port: 8000 }, websecure: { port: 8443 } });
});

test.each([
  [
    { endpoint: "http://collector.monitoring.svc:4318/", protocol: "http/protobuf" as const, sampleRatio: 0.1 },
    { http: { enabled: true, endpoint: "http://collector.monitoring.svc:4318/v1/traces" } },
  ],
  [
    { endpoint: "http://collector.monitoring.svc:4317", protocol: "grpc" as const, sampleRatio: 0.1 },
    { grpc: { enabled: true, endpoint: "collector.monitoring.svc:4317", insecure: true } },
  ],
  [
    { endpoint: "https://otlp.example.com:443", protocol: "grpc" as const, sampleRatio: 0.1 },
    { grpc: { enabled: true, endpoint: "otlp.example.com:443", insecure: false } },
  ],
])("Traefik's spans go where the application's go", async (traces, otlp) => {
  const resources = await recorded({ traefik: install("38.0.2"), traces });
  const { values } = find(resources, RELEASE, "addons-traefik").inputs;
  expect(values.tracing).toEqual({ serviceName: "traefik", sampleRate: 0.1, otlp: { enabled: true, ...otlp } });
});
