import { jobPod, toolStep } from "./container.ts";
import { database, decryptionKey, prunerKey, writerKey, secondPrunerKey, work } from "./grants.ts";
import { settings } from "./settings.ts";

const amount = { cpu: "1", memory: "1Gi" };
const tools = { image: "tools@sha256:1", site: "acci-prod", resources: { limits: amount, requests: amount } };
const primary = { host: "db", name: "acci", secret: "reader", caSecret: "db-ca", identity: "uid", replicas: 0 };
const keep = { hourly: 0, daily: 7, weekly: 0, monthly: 0, yearly: 0 };

const dump = toolStep("dump", tools, [database(primary), writerKey, work]);
const prune = toolStep("prune", tools, [prunerKey, settings({ keep })]);
const pod = jobPod([dump, toolStep("verify", tools, [work, writerKey, decryptionKey(true)]), prune]);

test("a pod has each volume that a step mounts, once, in an order that steps and grants do not change", () => {
  const names = ["tmp", "work", "writer", "pruner", "database", "postgres-ca", "identity"];
  expect(pod.volumes.map(({ name }) => name)).toEqual(names);
  expect(dump.container.volumeMounts).toMatchObject([
    { name: "tmp" },
    { name: "work" },
    { name: "writer", mountPath: "/etc/acci/store", readOnly: true },
    { name: "database", readOnly: true },
    { name: "postgres-ca", readOnly: true },
  ]);
});

test("the last step is what the pod is for, the others come before it", () => {
  expect(pod.initContainers?.map(({ name }) => name)).toEqual(["dump", "verify"]);
  expect(pod.containers.map(({ name }) => name)).toEqual(["prune"]);
  expect(jobPod([prune])).not.toHaveProperty("initContainers");
});

test("a step is told its site, its store and its run, and then what it is granted", () => {
  expect(prune.container).toMatchObject({
    args: ["prune"],
    env: [
      { name: "ACCI_SITE", value: "acci-prod" },
      { name: "ACCI_STORE", value: "/etc/acci/store" },
      { name: "ACCI_RUN", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "ACCI_KEEP", value: JSON.stringify(keep) },
    ],
  });
});

test("the key of another store has the place of the first, under a name of its own", () => {
  const { container, volumes } = toolStep("prune", tools, [secondPrunerKey]);
  expect(container.volumeMounts).toContainEqual({
    name: "second-pruner",
    mountPath: "/etc/acci/store",
    readOnly: true,
  });
  expect(volumes).toContainEqual({
    name: "second-pruner",
    secret: { secretName: "offsite-pruner", defaultMode: 0o440 },
  });
});

test("without a key that opens dumps nothing is mounted in its place", () => {
  expect(decryptionKey(false)).toEqual({});
});
