import type { Pod } from "../../lib/diagnosis";
import { pluginEverywhere } from "../../lib/plugin-rollout";

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
const waiting = (instances: number, ...shown: Pod[][]) => {
  const pods = jest.fn(async () => (shown.length > 1 ? shown.shift()! : shown[0]!));
  const done = pluginEverywhere(
    async () => ({ pods }),
    { namespace: "acci", instances },
    { intervalMs: 1, limitMs: 50 },
  );
  return { done, pods };
};

test("waits until each instance is ready with the plugin beside it", async () => {
  const old = (name: string) => instance(name, { plugin: false });
  const { done, pods } = waiting(
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
  const { done } = waiting(2, [instance("postgres-1"), instance("postgres-2", { plugin: false })]);
  await expect(done).rejects.toThrow("postgres: 1 of 2 instances have the plugin after 0.05 s; look at their events");
});
