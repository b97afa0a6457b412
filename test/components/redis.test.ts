import { Redis, type RedisArgs } from "../../components/redis";
import { find, isSecret, record } from "../recorder";

const args: RedisArgs = {
  namespace: "acci-dev",
  image: "docker.io/valkey/valkey:7.2",
  evictionPolicy: "allkeys-lru",
  resources: { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "500m", memory: "512Mi" } },
  protect: true,
};
const recorded = (over: Partial<RedisArgs> = {}) =>
  record((opts) => void new Redis("redis", { ...args, ...over }, opts));
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

test("its volume survives a destroy exactly when it is protected", async () => {
  const fateOf = async (over: Partial<RedisArgs>) => {
    const { inputs, opts } = find(await recorded(over), "kubernetes:apps/v1:StatefulSet", "redis");
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
