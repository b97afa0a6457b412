import { parseConfig } from "./load.ts";
import { postgresParameters } from "../components/postgres/parameters.ts";
import { stackValues } from "../test/stack-config.ts";

const footprint = { requests: 20, limits: 25, volumes: 10 };
const prod = stackValues("prod");
const rehearsal = { ...prod, footprint, tls: { ...prod["tls"], caBundle: "-----BEGIN CERTIFICATE-----" } };
const small = parseConfig("prod", rehearsal);
const full = parseConfig("prod", prod);

test("makes requests, limits and volumes smaller, each by its percentage", () => {
  expect(small.postgres.resources).toEqual({
    limits: { cpu: "1", memory: "2Gi" },
    requests: { cpu: "400m", memory: "820Mi" },
  });
  expect(small.application.resources).toEqual({
    limits: { cpu: "500m", memory: "512Mi" },
    requests: { cpu: "200m", memory: "205Mi" },
  });
  expect([small.postgres.storage, small.redis.storage]).toEqual(["5Gi", "205Mi"]);
});

test("leaves a process room to start", () => {
  const { redis } = parseConfig("prod", { ...rehearsal, footprint: { requests: 1, limits: 1, volumes: 1 } });
  expect(redis.resources).toEqual({
    limits: { cpu: "100m", memory: "128Mi" },
    requests: { cpu: "10m", memory: "32Mi" },
  });
});

test("changes nothing else, and what follows from sizes follows", () => {
  const shape = ({ application, backups, postgres, redis, ...rest }: typeof full) => ({
    ...rest,
    backups: { ...backups, resources: undefined },
    application: { ...application, resources: undefined },
    postgres: {
      ...postgres,
      resources: undefined,
      storage: undefined,
      pooler: { ...postgres.pooler, resources: undefined },
    },
    redis: { ...redis, resources: undefined, storage: undefined },
  });
  const { footprint: _, tls, ...same } = shape(small);
  const { footprint: none, tls: public_, ...before } = shape(full);
  expect(same).toEqual(before);
  expect(none).toEqual({ requests: 100, limits: 100, volumes: 100 });
  const { limits } = small.postgres.resources;
  expect(
    postgresParameters({ storage: "50Gi", memoryLimit: limits.memory, maxConnections: 200 })["shared_buffers"],
  ).toBe("512MB");
});

test("a stack without a volume for its cache gets none", () => {
  const { redis } = parseConfig("dev", { ...stackValues("dev"), footprint: { volumes: 10 } });
  expect(redis.storage).toBeUndefined();
});
