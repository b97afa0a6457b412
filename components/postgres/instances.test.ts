import { asConfigured } from "./configured-instances.ts";
import type { Pod } from "../../diagnosis/pods.ts";
import { waitForEveryInstance, type InstanceCondition } from "./instances.ts";
import { WITH_PLUGIN } from "./plugin-rollout.ts";

const CONFIGURED = asConfigured({
  image: "postgresql:15.15",
  resources: { limits: { cpu: "4000m", memory: "8192Mi" }, requests: { cpu: "500m", memory: "1966Mi" } },
});

/** As the API server writes it down. */
const container = {
  name: "postgres",
  image: "postgresql:15.15",
  resources: { limits: { cpu: "4", memory: "8Gi" }, requests: { cpu: "500m", memory: "1966Mi" } },
};

const instance = (
  name: string,
  { plugin = true, ready = true, deleted = false, runs = {} }: Partial<Shown> = {},
): Pod => ({
  metadata: { name, ...(deleted ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}) },
  spec: {
    containers: [
      { name: "plugin", image: "plugin:1" },
      { ...container, ...runs },
    ],
  },
  status: {
    conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
    initContainerStatuses: [
      { name: "bootstrap-controller", ready: true, restartCount: 0 },
      ...(plugin ? [{ name: "plugin-barman-cloud", ready: true, restartCount: 0 }] : []),
    ],
  },
});

interface Shown {
  readonly plugin: boolean;
  readonly ready: boolean;
  readonly deleted: boolean;
  /** What its container has of its own. */
  readonly runs: Partial<typeof container>;
}

/** Shows one list of pods after the other, the last one for ever. */
const waiting = (wanted: InstanceCondition, instances: number, ...shown: Pod[][]) => {
  const pods = jest.fn(async () => (shown.length > 1 ? shown.shift()! : shown[0]!));
  const done = waitForEveryInstance({ namespace: "acci", instances, cluster: {} }, wanted, {
    connectTo: async () => ({ pods }),
    intervalMs: 1,
    limitMs: 500,
  });
  return { done, pods };
};

test("waits until each instance is ready with the plugin beside it", async () => {
  const old = (name: string) => instance(name, { plugin: false });
  const { done, pods } = waiting(
    WITH_PLUGIN,
    2,
    [old("postgres-1"), old("postgres-2")],
    [old("postgres-1"), instance("postgres-2", { ready: false })],
    [instance("postgres-1", { deleted: true }), instance("postgres-2")],
    [instance("postgres-2")],
    [instance("postgres-1"), instance("postgres-2")],
  );
  await done;
  expect(pods).toHaveBeenCalledTimes(5);
  expect(pods).toHaveBeenCalledWith("acci", "cnpg.io/cluster=postgres,cnpg.io/podRole=instance");
});

test("says what it waited for in vain", async () => {
  const { done } = waiting(WITH_PLUGIN, 2, [instance("postgres-1"), instance("postgres-2", { plugin: false })]);
  await expect(done).rejects.toThrow("postgres: 1 of 2 instances have the plugin after 0.5 s; look at their events");
});

test("waits until the replicas are ready", async () => {
  const [primary, replica] = [instance("postgres-1"), instance("postgres-2")];
  const { done, pods } = waiting(
    CONFIGURED,
    2,
    [primary],
    [primary, instance("postgres-2", { ready: false })],
    [primary, replica],
  );
  await done;
  expect(pods).toHaveBeenCalledTimes(3);
});

test("waits until each instance has the image and the resources of the stack", async () => {
  const { limits, requests } = container.resources;
  const wanted = instance("postgres-1");
  const { done, pods } = waiting(
    CONFIGURED,
    1,
    [instance("postgres-1", { runs: { image: "postgresql:15.14" } })],
    [instance("postgres-1", { runs: { resources: { requests, limits: { cpu: "4", memory: "4Gi" } } } })],
    [instance("postgres-1", { runs: { resources: { limits, requests: { cpu: "1", memory: "1966Mi" } } } })],
    // One too many, which goes when there are to be fewer.
    [wanted, instance("postgres-2", { runs: { image: "postgresql:15.14" } })],
    [wanted],
  );
  await done;
  expect(pods).toHaveBeenCalledTimes(5);
});

test("says that the site serves without them", async () => {
  const { done } = waiting(CONFIGURED, 3, [instance("postgres-1"), instance("postgres-2", { ready: false })]);
  await expect(done).rejects.toThrow(
    "postgres: 1 of 3 instances are ready and as configured after 0.5 s; the site serves with those that are",
  );
});
