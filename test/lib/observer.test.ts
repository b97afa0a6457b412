import type { Cluster } from "../../lib/cluster.ts";
import type { Pod } from "../../lib/diagnosis.ts";
import { Observer } from "../../lib/observer.ts";
import * as pods from "./pods.ts";

const subject = {
  name: "acci-framework",
  labelSelector: "app.kubernetes.io/instance=acci-framework",
  failure: "release acci-framework: did not become ready and was rolled back",
};

/** A cluster that shows one list of pods after the other. */
function cluster(...shown: Pod[][]) {
  const fake = {
    pods: jest.fn(async () => shown.shift() ?? []),
    events: jest.fn(async () => [
      pods.warning(pods.crashingMigration.metadata!.name!, "BackOff", "ours"),
      pods.warning("postgres-1", "BackOff", "not ours"),
    ]),
    log: jest.fn(async () => "the log\n"),
  } satisfies Cluster;
  return { fake, observer: new Observer(async () => fake, "acci-dev", subject) };
}

test("remembers what it saw after the rollback took the pods away", async () => {
  const { fake, observer } = cluster([pods.crashingMigration], []);
  await observer.look();
  await observer.look();
  const message = await observer.explain([]);
  expect(message).toContain("init container migrate: CrashLoopBackOff");
  expect(message).toContain("event BackOff: ours");
  expect(message).toContain("log the log");
  expect(message).not.toContain("not ours");
  expect(fake.pods).toHaveBeenCalledWith("acci-dev", "app.kubernetes.io/instance=acci-framework");
  expect(fake.log).toHaveBeenCalledWith("acci-dev", pods.crashingMigration.metadata!.name, "migrate", true);
});

test("forgets a pod that recovered", async () => {
  const recovered: Pod = { ...pods.healthy, metadata: pods.crashingMigration.metadata };
  const { fake, observer } = cluster([pods.crashingMigration], [recovered]);
  fake.events.mockResolvedValue([]);
  await observer.look();
  await observer.look();
  expect(await observer.explain([])).toBeUndefined();
});

test("masks a secret that a log quotes", async () => {
  const { fake, observer } = cluster([pods.crashingMigration]);
  fake.log.mockResolvedValue("using hunter2");
  await observer.look();
  expect(await observer.explain(["hunter2"])).not.toContain("hunter2");
});

test("a log that is not there yet does not hide the rest", async () => {
  const { fake, observer } = cluster([pods.crashingMigration]);
  fake.log.mockRejectedValue(new Error("container is waiting to start"));
  await observer.look();
  expect(await observer.explain([])).toContain("CrashLoopBackOff");
});

test("looks until it is stopped, whatever a look costs", async () => {
  jest.useFakeTimers();
  const { fake, observer } = cluster();
  fake.pods.mockRejectedValueOnce(new Error("connection refused"));
  observer.start();
  await jest.advanceTimersByTimeAsync(4500);
  expect(fake.pods).toHaveBeenCalledTimes(2);
  observer.stop();
  await jest.advanceTimersByTimeAsync(10000);
  expect(fake.pods).toHaveBeenCalledTimes(2);
  jest.useRealTimers();
});
