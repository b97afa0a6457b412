import type { Pod } from "../../lib/diagnosis.ts";
import { everyInstance, type Wanted } from "../../lib/instances.ts";
import { WITH_PLUGIN } from "../../lib/plugin-rollout.ts";
import { READY } from "../../lib/replicas.ts";

const instance = (name: string, { plugin = true, ready = true, deleted = false } = {}): Pod => ({
  metadata: { name, ...(deleted ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}) },
  status: {
    conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
    initContainerStatuses: [
      { name: "bootstrap-controller", ready: true, restartCount: 0 },
      ...(plugin ? [{ name: "plugin-barman-cloud", ready: true, restartCount: 0 }] : []),
    ],
  },
});

/** Shows one list of pods after the other, the last one for ever. */
const waiting = (wanted: Wanted, instances: number, ...shown: Pod[][]) => {
  const pods = jest.fn(async () => (shown.length > 1 ? shown.shift()! : shown[0]!));
  const done = everyInstance({ namespace: "acci", instances, cluster: {} }, wanted, {
    connectTo: async () => ({ pods }),
    intervalMs: 1,
    limitMs: 50,
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
  await expect(done).rejects.toThrow("postgres: 1 of 2 instances have the plugin after 0.05 s; look at their events");
});

test("waits until the replicas are ready", async () => {
  const [primary, replica] = [instance("postgres-1", { plugin: false }), instance("postgres-2", { plugin: false })];
  const { done, pods } = waiting(
    READY,
    2,
    [primary],
    [primary, instance("postgres-2", { ready: false })],
    [primary, replica],
  );
  await done;
  expect(pods).toHaveBeenCalledTimes(3);
});

test("says that the site serves without them", async () => {
  const { done } = waiting(READY, 3, [instance("postgres-1"), instance("postgres-2", { ready: false })]);
  await expect(done).rejects.toThrow("postgres: 1 of 3 instances are ready after 0.05 s; the site serves without");
});
