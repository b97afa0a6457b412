import { Redis, type RedisArgs } from "./redis.ts";
import { find, isSecret, record, unwrapSecret } from "../../test/recorder.ts";

const args: RedisArgs = {
  namespace: "acci-dev",
  image: "docker.io/valkey/valkey:7.2",
  evictionPolicy: "allkeys-lru",
  appendfsync: "everysec",
  tls: false,
  rotations: 0,
  resources: { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "500m", memory: "512Mi" } },
  protect: true,
};
let redis: Redis;
const recorded = (over: Partial<RedisArgs> = {}) =>
  record((opts) => void (redis = new Redis("redis", { ...args, ...over }, opts)));
const urlOf = () => (redis.url as unknown as { promise(): Promise<string> }).promise();
const serverOf = async (over: Partial<RedisArgs> = {}) =>
  find(await recorded(over), "kubernetes:apps/v1:StatefulSet", "redis").inputs["spec"];

test("has the address the application knows", async () => {
  const { inputs } = find(await recorded(), "kubernetes:core/v1:Service", "redis");
  expect([inputs["metadata"].name, inputs["spec"].ports[0].port]).toEqual(["redis", 6379]);
});

test("its users' file is secret", async () => {
  expect(isSecret(find(await recorded(), "kubernetes:core/v1:Secret", "redis-acl").inputs["stringData"])).toBe(true);
});

test("the server's limit decides its memory", async () => {
  const { inputs } = find(await recorded(), "kubernetes:core/v1:ConfigMap", "redis-config");
  expect(inputs["data"]["redis.conf"]).toContain("maxmemory 768mb\n");
});

test("without storage the data lives in memory, with it on a volume of its own", async () => {
  const volatile = await serverOf();
  expect([volatile.volumeClaimTemplates, volatile.template.spec.volumes.at(-1)]).toEqual([
    undefined,
    { name: "data", emptyDir: { sizeLimit: "1Gi" } },
  ]);
  const persistent = await serverOf({ storage: { size: "2Gi", storageClass: "fast" } });
  expect(persistent.volumeClaimTemplates[0].spec).toEqual({
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: "2Gi" } },
    storageClassName: "fast",
  });
});

test("its claim has the size that is asked for, while the template keeps the one it was made with", async () => {
  const resources = await recorded({ storage: { size: "4Gi" }, template: "2Gi" });
  const claim = find(resources, "kubernetes:core/v1:PersistentVolumeClaim", "redis-data");
  const { spec } = find(resources, "kubernetes:apps/v1:StatefulSet", "redis").inputs;
  const [template] = spec.volumeClaimTemplates;
  expect([claim.inputs["spec"], template.spec]).toEqual([
    { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "4Gi" } } },
    { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "2Gi" } } },
  ]);
  expect(claim.inputs["metadata"].name).toBe(`${template.metadata.name}-${spec.serviceName}-0`);
  expect((await recorded()).filter(({ type }) => type.endsWith("PersistentVolumeClaim"))).toEqual([]);
});

test("its volume survives a destroy exactly when it is protected", async () => {
  const fateOf = async (over: Partial<RedisArgs>) => {
    const resources = await recorded(over);
    const { inputs, opts } = find(resources, "kubernetes:apps/v1:StatefulSet", "redis");
    const claim = resources.find(({ name }) => name === "redis-data");
    if (claim) expect([claim.opts.protect, claim.opts.retainOnDelete]).toEqual([opts.protect, opts.retainOnDelete]);
    return [opts.protect, opts.retainOnDelete, inputs["spec"].persistentVolumeClaimRetentionPolicy];
  };
  const storage = { size: "2Gi" };
  expect(await fateOf({ storage })).toEqual([true, true, { whenDeleted: "Retain", whenScaled: "Retain" }]);
  expect(await fateOf({ storage, protect: false })).toEqual([
    false,
    false,
    { whenDeleted: "Delete", whenScaled: "Retain" },
  ]);
  expect(await fateOf({})).toEqual([false, false, undefined]);
});

test("neither arguments nor environment carry the password", async () => {
  const server = await serverOf();
  expect(JSON.stringify(server)).not.toContain("password-of");
  expect(server.template.spec.containers[0].env).toBeUndefined();
});

test("a changed setting restarts the server, which reads its settings at start only", async () => {
  const checksumOf = async (over: Partial<RedisArgs>) =>
    (await serverOf(over)).template.metadata.annotations["acci.dev/checksum"];
  expect(await checksumOf({})).toMatch(/^[0-9a-f]{16}$/);
  expect(await checksumOf({})).not.toBe(await checksumOf({ evictionPolicy: "noeviction" }));
});

test("with TLS it listens to nothing else, and its own authority vouches for its names", async () => {
  const resources = await recorded({ tls: true });
  const spec = find(resources, "kubernetes:apps/v1:StatefulSet", "redis").inputs["spec"].template.spec;
  expect(spec.volumes).toContainEqual({ name: "tls", secret: { secretName: "redis-tls" } });
  for (const probe of [spec.containers[0].livenessProbe, spec.containers[0].readinessProbe])
    expect(probe.exec.command.slice(0, 4)).toEqual(["redis-cli", "--tls", "--cacert", "/etc/acci/redis/tls/ca.crt"]);
  expect(find(resources, "kubernetes:cert-manager.io/v1:Certificate", "redis-tls").inputs["spec"]).toMatchObject({
    dnsNames: ["redis", "redis.acci-dev", "redis.acci-dev.svc"],
    usages: ["server auth"],
    issuerRef: { name: "redis-tls-issuer", kind: "Issuer" },
  });
  const ca = find(resources, "kubernetes:cert-manager.io/v1:Certificate", "redis-tls-ca").inputs["spec"];
  expect([ca.isCA, ca.issuerRef.name]).toEqual([true, "redis-tls-self"]);
  expect(await urlOf()).toBe("rediss://acci:password-of-redis@redis.acci-dev.svc:6379/0");
});

test("a rotation moves to the other password, and both are let in", async () => {
  const resources = await recorded({ rotations: 1 });
  expect(await urlOf()).toBe("redis://acci:password-of-redis-2@redis.acci-dev.svc:6379/0");
  const acl: string = find(resources, "kubernetes:core/v1:Secret", "redis-acl").inputs["stringData"].value["users.acl"];
  // That of the user who may empty the cache is the third.
  expect(acl.match(/#[0-9a-f]{64}/g)).toHaveLength(3);
});

describe("its exporter", () => {
  const image = "docker.io/oliver006/redis_exporter:v1.87.0";
  const exporterOf = async (over: Partial<RedisArgs> = {}) =>
    find(await recorded({ exporter: image, ...over }), "kubernetes:apps/v1:Deployment", "redis-exporter").inputs[
      "spec"
    ];

  test("is there only when it is asked for", async () => {
    const names = (await recorded()).map(({ name }) => name);
    expect(names.filter((name) => name.includes("exporter"))).toEqual([]);
  });

  test("has its password in a file, for versions that look it up with and without the user", async () => {
    const resources = await recorded({ exporter: image });
    const { stringData } = find(resources, "kubernetes:core/v1:Secret", "redis-exporter").inputs;
    expect(isSecret(stringData)).toBe(true);
    const file = JSON.parse((unwrapSecret(stringData) as Record<string, string>)["passwords.json"]!);
    expect(Object.keys(file)).toEqual(["redis://redis.acci-dev.svc:6379", "redis://exporter@redis.acci-dev.svc:6379"]);
    const [container] = (await exporterOf()).template.spec.containers;
    expect(container.env).toBeUndefined();
    expect(container.args).toContain("--redis.addr=redis://redis.acci-dev.svc:6379");
  });

  test("verifies a cache that speaks TLS, and mounts no key of it", async () => {
    const { containers, volumes } = (await exporterOf({ tls: true })).template.spec;
    expect(containers[0].args).toEqual(
      expect.arrayContaining([
        "--redis.addr=rediss://redis.acci-dev.svc:6379",
        "--tls-ca-cert-file=/etc/acci/redis-ca/ca.crt",
      ]),
    );
    expect(volumes[1].secret.items).toEqual([{ key: "ca.crt", path: "ca.crt" }]);
  });
});
