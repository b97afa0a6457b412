import { jobPod, toolStep } from "./container.ts";
import { database, decryptionKey, janitorKey, producerKey, secondJanitorKey, work } from "./grants.ts";
import { settings } from "./settings.ts";

const amount = { cpu: "1", memory: "1Gi" };
const tools = { image: "tools@sha256:1", site: "acci-prod", resources: { limits: amount, requests: amount } };
const primary = { host: "db", name: "acci", secret: "reader", caSecret: "db-ca", identity: "uid", replicas: 0 };
const keep = { hourly: 0, daily: 7, weekly: 0, monthly: 0, yearly: 0 };

const dump = toolStep("dump", tools, [database(primary), producerKey, work]);
const rotate = toolStep("rotate", tools, [janitorKey, settings({ keep })]);
const pod = jobPod([dump, toolStep("verify", tools, [work, producerKey, decryptionKey(true)]), rotate]);

test("a pod has each volume that a step mounts, once, in an order that steps and grants do not change", () => {
  const names = ["tmp", "work", "producer", "janitor", "database", "postgres-ca", "identity"];
  expect(pod.volumes.map(({ name }) => name)).toEqual(names);
  expect(dump.container.volumeMounts).toMatchObject([
    { name: "tmp" },
    { name: "work" },
    { name: "producer", mountPath: "/etc/acci/store", readOnly: true },
    { name: "database", readOnly: true },
    { name: "postgres-ca", readOnly: true },
  ]);
});

test("the last step is what the pod is for, the others come before it", () => {
  expect(pod.initContainers?.map(({ name }) => name)).toEqual(["dump", "verify"]);
  expect(pod.containers.map(({ name }) => name)).toEqual(["rotate"]);
  expect(jobPod([rotate])).not.toHaveProperty("initContainers");
});

test("a step is told its site, its store and its run, and then what it is granted", () => {
  expect(rotate.container).toMatchObject({
    args: ["rotate"],
    env: [
      { name: "ACCI_SITE", value: "acci-prod" },
      { name: "ACCI_STORE", value: "/etc/acci/store" },
      { name: "ACCI_RUN", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "ACCI_KEEP", value: JSON.stringify(keep) },
    ],
  });
});

test("the key of another store has the place of the first, under a name of its own", () => {
  const { container, volumes } = toolStep("rotate", tools, [secondJanitorKey]);
  expect(container.volumeMounts).toContainEqual({
    name: "second-janitor",
    mountPath: "/etc/acci/store",
    readOnly: true,
  });
  expect(volumes).toContainEqual({
    name: "second-janitor",
    secret: { secretName: "offsite-janitor", defaultMode: 0o440 },
  });
});

test("without a key that opens dumps nothing is mounted in its place", () => {
  expect(decryptionKey(false)).toEqual({});
});
