import type { Cluster } from "./cluster.ts";
import type { Pod } from "./pods.ts";
import { Observer, releaseFailure } from "./observer.ts";
import * as pods from "./testing/pods.ts";

const subject = {
  name: "acci-framework",
  labelSelector: "app.kubernetes.io/instance=acci-framework",
  failure: (error: string) => `release acci-framework: ${error}`,
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
  const message = await observer.explain("failed", []);
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
  expect(await observer.explain("failed", [])).toBeUndefined();
});

test("masks a secret that a log quotes", async () => {
  const { fake, observer } = cluster([pods.crashingMigration]);
  fake.log.mockResolvedValue("using hunter2");
  await observer.look();
  expect(await observer.explain("", ["hunter2"])).not.toContain("hunter2");
});

test("a log that is not there yet does not hide the rest", async () => {
  const { fake, observer } = cluster([pods.crashingMigration]);
  fake.log.mockRejectedValue(new Error("container is waiting to start"));
  await observer.look();
  expect(await observer.explain("failed", [])).toContain("CrashLoopBackOff");
});

test("looks until it is stopped, whatever a look costs", async () => {
  jest.useFakeTimers();
  const { fake, observer } = cluster();
  fake.pods.mockRejectedValueOnce(new Error("connection refused"));
  fake.pods.mockRejectedValueOnce(new Error("connection refused"));
  void observer.start();
  await jest.advanceTimersByTimeAsync(4500);
  expect(fake.pods).toHaveBeenCalledTimes(3);
  observer.stop();
  await jest.advanceTimersByTimeAsync(10000);
  expect(fake.pods).toHaveBeenCalledTimes(3);
  jest.useRealTimers();
});

describe("an update tells what it has done itself", () => {
  const event = (uid: string, resourceVersion: string, message: string) => ({
    ...pods.warning(pods.crashingMigration.metadata!.name!, "BackOff", message),
    metadata: { uid, resourceVersion },
  });

  test("and nothing that was there before it began", async () => {
    const { fake, observer } = cluster([pods.crashingMigration], [pods.crashingMigration]);
    fake.events.mockResolvedValue([event("1", "10", "of before")]);
    await observer.start();
    await observer.look();
    expect(await observer.explain("cannot re-use a name that is still in use", [])).toBeUndefined();
  });

  test("but what happened again, and what got worse", async () => {
    const worse: Pod = {
      ...pods.crashingMigration,
      status: {
        ...pods.crashingMigration.status,
        initContainerStatuses: [{ ...pods.crashingMigration.status!.initContainerStatuses![0]!, restartCount: 5 }],
      },
    };
    const { fake, observer } = cluster([pods.crashingMigration], [worse]);
    fake.events.mockResolvedValueOnce([event("1", "10", "of before"), event("2", "11", "again")]);
    fake.events.mockResolvedValueOnce([event("1", "10", "of before"), event("2", "12", "again")]);
    await observer.start();
    await observer.look();
    const message = await observer.explain("failed", []);
    expect(message).toContain("5 restarts");
    expect(message).toContain("event BackOff: again");
    expect(message).not.toContain("of before");
  });
});

test.each([
  [
    "release acci-framework failed, and has been rolled back due to atomic being set",
    "did not become ready and was rolled back",
  ],
  [
    "release acci-framework failed, and has been uninstalled due to atomic being set",
    "did not become ready and was removed again",
  ],
  ["another operation (install/upgrade/rollback) is in progress", "failed"],
  ["cannot re-use a name that is still in use", "failed"],
])("%s: %s", (error, said) => expect(releaseFailure("acci-framework")(error)).toBe(`release acci-framework: ${said}`));
