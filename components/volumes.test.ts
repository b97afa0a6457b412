import * as pulumi from "@pulumi/pulumi";
import { parseConfig } from "../config/load.ts";
import { ApiError, type KubeApi } from "../kubernetes/api.ts";
import { stackValues } from "../test/stack-config.ts";
import { volumesOf } from "./volumes.ts";

const warned = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
beforeEach(() => void warned.mockClear());
afterAll(() => jest.restoreAllMocks());

const values = stackValues("prod");
const config = ({ cache, database }: { cache?: string | undefined; database?: string } = {}) => {
  const { storage, ...redis } = values["redis"] as Record<string, unknown>;
  return parseConfig("prod", {
    ...values,
    redis: { ...redis, storage: cache ?? storage },
    ...(database ? { postgres: { ...(values["postgres"] as object), storage: database } } : {}),
  });
};
const { postgres, redis } = config();

const claim = (name: string, storage: string, labels = {}) => ({
  metadata: { name, labels },
  spec: { storageClassName: "fast", resources: { requests: { storage } } },
});
const claims = [
  claim("data-redis-0", redis.storage!),
  ...[1, 2].map((n) => claim(`postgres-${n}`, postgres.storage, { "cnpg.io/pvcRole": "PG_DATA" })),
  claim("of-somebody-else", "1Gi"),
];

/** An API with these answers by path, and 404 for the rest. */
const cluster =
  (answers: Record<string, unknown>): (() => Promise<KubeApi>) =>
  () =>
    Promise.resolve({
      ask: <T>(path: string) =>
        path in answers
          ? Promise.resolve(answers[path] as T)
          : Promise.reject(new ApiError(404, `${path}: is not there`)),
    });
const site = (expansion?: boolean) =>
  cluster({
    "/api/v1/namespaces/acci-prod/persistentvolumeclaims": { items: claims },
    "/apis/apps/v1/namespaces/acci-prod/statefulsets/redis": {
      spec: { volumeClaimTemplates: [claim("data", "1Gi")] },
    },
    "/apis/storage.k8s.io/v1/storageclasses/fast": expansion === undefined ? {} : { allowVolumeExpansion: expansion },
  });

test("the size in the StatefulSet stays what it is", async () => {
  await expect(volumesOf(config(), site())).resolves.toEqual({ redisTemplate: "1Gi" });
});

test("a new site has no volumes", async () => {
  const empty = cluster({ "/api/v1/namespaces/acci-prod/persistentvolumeclaims": { items: [] } });
  await expect(volumesOf(config(), empty)).resolves.toEqual({});
  expect(warned).not.toHaveBeenCalled();
});

test("volumes may grow by a StorageClass that lets them", async () => {
  await expect(volumesOf(config({ cache: "900Gi", database: "900Gi" }), site(true))).resolves.toBeDefined();
});

test.each([false, undefined])("and not by one that says %s, which is said once for each key", async (expansion) => {
  const said = await volumesOf(config({ cache: "900Gi", database: "900Gi" }), site(expansion)).catch(
    (error: Error) => error.message,
  );
  expect((said as string).split("\n")).toEqual([
    expect.stringMatching(/acci:redis\.storage: must be \S+ while the StorageClass fast .*, got 900Gi; set its allow/),
    expect.stringMatching(
      /acci:postgres\.storage: must be \S+ while the StorageClass fast .*, got 900Gi; set its allow/,
    ),
  ]);
});

test("no volume may shrink", async () => {
  await expect(volumesOf(config({ cache: "1Mi" }), site(true))).rejects.toThrow(
    `acci:redis.storage: must be at least ${redis.storage}, which the volume data-redis-0 has, got 1Mi; a volume cannot become smaller`,
  );
});

test("a cluster that does not answer is told by others, one that refuses is said", async () => {
  await expect(volumesOf(config(), () => Promise.reject(new Error("no answer")))).resolves.toEqual({});
  expect(warned).not.toHaveBeenCalled();
  await expect(volumesOf(config(), cluster({}))).resolves.toEqual({});
  expect(warned).toHaveBeenCalledWith(expect.stringContaining("whether the volumes can have their size is not known"));
});
