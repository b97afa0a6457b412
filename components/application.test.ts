import * as pulumi from "@pulumi/pulumi";
import { Application, type ApplicationArgs } from "./application.ts";
import { DIGEST, find, isSecret, namesOf, record } from "../test/recorder.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";
const args = (): ApplicationArgs => ({
  namespace: "acci-dev",
  image: { repository: "ghcr.io/broccode/acci-framework", tag: "1.0.0", digest: DIGEST },
  chart: { path: "./helm", checksum: "0123456789abcdef" },
  connections: {
    database: pulumi.secret("postgres://app"),
    migrate: pulumi.secret("postgres://owner"),
    cache: pulumi.secret("redis://acci"),
    databaseCaSecret: "postgres-ca",
    databaseIdentity: "the first",
  },
  scale: {
    replicas: 3,
    resources: { limits: { cpu: "2", memory: "2Gi" }, requests: { cpu: "1", memory: "1Gi" } },
  },
  route: {
    kind: "ingress",
    host: "api.acci-framework.dev",
    annotations: {},
    hstsSeconds: 31_536_000,
    className: "nginx",
    tlsSecret: "acci-framework-tls",
  },
  settings: { logLevel: "info", databaseMaxConnections: 10, cacheTtlSeconds: 60, timeoutSeconds: 300 },
});
const recorded = (over: Partial<ApplicationArgs> = {}) =>
  record((opts) => void new Application("application", { ...args(), ...over }, opts));
const releaseOf = async (over: Partial<ApplicationArgs> = {}) =>
  find(await recorded(over), RELEASE, "application").inputs;

test("is a release that is rolled back when it does not become ready, with a history to go back to", async () => {
  expect(await releaseOf()).toMatchObject({
    name: "acci-framework",
    namespace: "acci-dev",
    chart: "./helm",
    atomic: true,
    maxHistory: 10,
    timeout: 300,
    description: "chart 0123456789abcdef",
  });
});

test("keeps in its description why it was deployed by exception, before the note that ends it", async () => {
  const exception = "mends what spends the budget";
  const note = "after revision 7";
  expect((await releaseOf({ exception, note }))["description"]).toBe(
    "chart 0123456789abcdef, by exception: mends what spends the budget, after revision 7",
  );
});

test("runs the image by digest", async () => {
  expect((await releaseOf())["values"].image).toEqual({
    repository: "ghcr.io/broccode/acci-framework",
    tag: "1.0.0",
    digest: DIGEST,
  });
});

test("connections reach the pods as secrets the values only name", async () => {
  const resources = await recorded();
  expect(namesOf(resources, "kubernetes:core/v1:Secret")).toEqual([
    "application-cache",
    "application-database",
    "application-migrate",
  ]);
  expect(isSecret(find(resources, "kubernetes:core/v1:Secret", "application-migrate").inputs["stringData"])).toBe(true);
  const { values } = find(resources, RELEASE, "application").inputs;
  expect(values.database).toEqual({
    existingSecret: "acci-framework-database",
    migrateSecret: "acci-framework-migrate",
    caSecret: "postgres-ca",
  });
  expect(JSON.stringify(values)).not.toContain("://");
});

test.each([
  ["a changed connection", { cache: pulumi.secret("redis://rotated") }],
  ["a database that was made anew", { databaseIdentity: "the second" }],
])("%s rolls the pods, and gives nothing away", async (_, changed) => {
  const before = (await releaseOf())["values"].secretsChecksum;
  const connections = { ...args().connections, ...changed };
  const after = (await releaseOf({ connections }))["values"].secretsChecksum;
  expect(before).toMatch(/^[0-9a-f]{16}$/);
  expect(after).toMatch(/^[0-9a-f]{16}$/);
  expect(after).not.toBe(before);
});

test("scales by hand, or between its replicas and the most", async () => {
  expect((await releaseOf())["values"].autoscaling).toEqual({ enabled: false });
  const autoscaling = { maxReplicas: 10, cpuPercent: 80, memoryPercent: 70 };
  expect((await releaseOf({ scale: { ...args().scale, autoscaling } }))["values"].autoscaling).toEqual({
    enabled: true,
    minReplicas: 3,
    maxReplicas: 10,
    targetCPUUtilizationPercentage: 80,
    targetMemoryUtilizationPercentage: 70,
  });
});

test("the route uses the stack's certificate and asks for no other", async () => {
  const { ingress } = (await releaseOf())["values"];
  expect(ingress.annotations).toEqual({ "cert-manager.io/cluster-issuer": "" });
  expect(ingress.tls).toEqual([{ secretName: "acci-framework-tls", hosts: ["api.acci-framework.dev"] }]);
});

test("makes traces only when it is told where they go, of a share that Helm writes as it stands", async () => {
  expect((await releaseOf())["values"].telemetry).toBeUndefined();
  const telemetry = { endpoint: "http://collector:4318", protocol: "http/protobuf", sampleRatio: 0.00001 } as const;
  expect((await releaseOf({ telemetry }))["values"].telemetry).toEqual({ ...telemetry, sampleRatio: "0.00001" });
});

test("has no data tier of its own", async () => {
  const { postgresql, redis } = (await releaseOf())["values"];
  expect([postgresql, redis]).toEqual([{ enabled: false }, { enabled: false }]);
});

test("hangs its route on a Gateway when that is the way in, and has no Ingress", async () => {
  const parentRefs = [{ name: "public", namespace: "gateways", sectionName: "https" }];
  const route: ApplicationArgs["route"] = {
    kind: "gateway",
    host: "api.example.com",
    annotations: { owner: "web" },
    hstsSeconds: 0,
    parentRefs,
  };
  const { gateway, ingress } = (await releaseOf({ route }))["values"];
  expect(ingress).toEqual({ enabled: false });
  expect(gateway).toEqual({
    enabled: true,
    annotations: { owner: "web" },
    parentRefs,
    hostnames: ["api.example.com"],
  });
});

test("limits and headers of the route reach the pods, and annotations its controller", async () => {
  const rateLimit = { perSecond: 5, burst: 10, proxies: 2 };
  const annotations = { "nginx.ingress.kubernetes.io/limit-rps": "20", "cert-manager.io/cluster-issuer": "another" };
  const { config, ingress } = (
    await releaseOf({ route: { ...args().route, hstsSeconds: 60, rateLimit, annotations } })
  )["values"];
  expect(config).toMatchObject({ hstsSeconds: 60, rateLimit });
  expect(ingress.annotations).toEqual({
    "nginx.ingress.kubernetes.io/limit-rps": "20",
    "cert-manager.io/cluster-issuer": "",
  });
});
