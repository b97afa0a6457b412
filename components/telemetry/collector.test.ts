import { Collector, collectorAddress } from "./collector.ts";
import { find, namesOf, record } from "../../test/recorder.ts";

const args = {
  site: "acci-prod",
  image: "docker.io/otel/opentelemetry-collector-contrib:0.148.0",
  controller: { namespace: "traefik", podLabels: { app: "traefik" } },
  dns: {
    namespace: "openshift-dns",
    podLabels: { "dns.operator.openshift.io/daemonset-dns": "default" },
    cidrs: ["169.254.20.10/32"],
    ports: [5353],
  },
  traces: {
    endpoint: "http://tempo.monitoring.svc:4318/",
    port: 4318,
    pods: { namespace: "monitoring", podLabels: { app: "tempo" } },
  },
  logs: { endpoint: "https://logs.example.com/otlp", port: 443, cidrs: ["10.3.0.0/16"] },
};
const recorded = () => record((opts) => void new Collector("collector", args, opts));
const DAEMON_SET = "kubernetes:apps/v1:DaemonSet";
const podOf = async () => find(await recorded(), DAEMON_SET, "collector").inputs["spec"].template;
const configOf = async () =>
  JSON.parse(
    find(await recorded(), "kubernetes:core/v1:ConfigMap", "collector-config").inputs["data"]["config.yaml"],
  ) as any;

test("has a namespace of its own, because Pod Security would refuse it in the site's", async () => {
  const { metadata } = find(await recorded(), "kubernetes:core/v1:Namespace", "collector-namespace").inputs as any;
  expect(metadata.name).toBe("acci-prod-telemetry");
  expect(metadata.labels["pod-security.kubernetes.io/enforce"]).toBe("privileged");
});

test("asks the Kubernetes API nothing: no token, no rights, and no processor that would", async () => {
  const resources = await recorded();
  expect(resources.filter(({ type }) => /rbac|ServiceAccount/.test(type))).toEqual([]);
  expect((await podOf()).spec.automountServiceAccountToken).toBe(false);
  expect(Object.keys((await configOf()).processors)).toEqual(["memory_limiter"]);
});

test("reads the logs of the site's pods alone, and writes nothing of the node but its checkpoints", async () => {
  const { exclude, include } = (await configOf()).receivers.filelog;
  for (const pattern of [...include, ...exclude]) expect(pattern).toMatch(/^\/var\/log\/pods\/acci-prod_\*\/\*\//);
  const { containers, volumes } = (await podOf()).spec;
  const ofNode = volumes.filter((volume: any) => volume.hostPath).map((volume: any) => volume.name);
  expect(ofNode).toEqual(["logs", "checkpoints"]);
  const writable = containers[0].volumeMounts.filter((mount: any) => !mount.readOnly);
  expect(writable.map((mount: any) => mount.name)).toEqual(["checkpoints"]);
  expect(containers[0].securityContext).toMatchObject({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
});

test("keeps its place in every file and what it has read on disk, and gives up nothing", async () => {
  const { exporters, receivers } = await configOf();
  expect(receivers.filelog.storage).toBe("file_storage");
  expect(receivers.filelog.retry_on_failure.max_elapsed_time).toBe("0s");
  for (const exporter of Object.values<any>(exporters)) {
    expect(exporter.retry_on_failure).toMatchObject({ enabled: true, max_elapsed_time: "0s" });
    expect(exporter.sending_queue).toMatchObject({ enabled: true, storage: "file_storage", block_on_overflow: true });
  }
});

test("sends traces and logs to their stores, below /v1", async () => {
  const { exporters } = await configOf();
  expect(exporters["otlp_http/traces"].traces_endpoint).toBe("http://tempo.monitoring.svc:4318/v1/traces");
  expect(exporters["otlp_http/logs"].logs_endpoint).toBe("https://logs.example.com/otlp/v1/logs");
});

test("is reached by the site and its proxy on its own node, and reaches the stores and names", async () => {
  const resources = await recorded();
  const service = find(resources, "kubernetes:core/v1:Service", "collector").inputs as any;
  expect(service.spec.internalTrafficPolicy).toBe("Local");
  expect(collectorAddress("acci-prod")).toBe("http://collector.acci-prod-telemetry.svc:4318");
  const policy = (name: string) =>
    find(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", `collector-${name}`).inputs["spec"];
  expect(namesOf(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy")).toEqual([
    "collector-collector-to-store",
    "collector-default-deny",
    "collector-dns",
    "collector-site-to-collector",
  ]);
  const from = (namespace: string, matchLabels: object) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    podSelector: { matchLabels },
  });
  expect(policy("site-to-collector").ingress).toEqual([
    {
      from: [from("acci-prod", { "app.kubernetes.io/name": "acci-framework" }), from("traefik", { app: "traefik" })],
      ports: [{ protocol: "TCP", port: 4318 }],
    },
  ]);
  expect(policy("dns").egress).toEqual([
    {
      to: [
        from("openshift-dns", { "dns.operator.openshift.io/daemonset-dns": "default" }),
        { ipBlock: { cidr: "169.254.20.10/32" } },
      ],
      ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: 5353 })),
    },
  ]);
  expect(policy("collector-to-store").egress).toEqual([
    { to: [from("monitoring", { app: "tempo" })], ports: [{ protocol: "TCP", port: 4318 }] },
    { to: [{ ipBlock: { cidr: "10.3.0.0/16" } }], ports: [{ protocol: "TCP", port: 443 }] },
  ]);
});

test("a changed configuration rolls the pods", async () => {
  const annotation = async (site: string) => {
    const resources = await record((opts) => void new Collector("collector", { ...args, site }, opts));
    return find(resources, DAEMON_SET, "collector").inputs["spec"].template.metadata.annotations["acci.dev/config"];
  };
  expect(await annotation("acci-prod")).not.toBe(await annotation("acci-dr"));
});
