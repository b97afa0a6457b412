import { Load } from "../support/load.ts";
import { rollBack, rollOutOften } from "../support/rollouts.ts";
import { applicationPods, kube } from "../support/site.ts";

/** `make bench ONLY=rollout-failures` has 20. */
const ROLLOUTS = 4;

const ready = () => kube(["rollout", "status", "deployment/acci-framework", "--timeout=240s"]);
const runningImage = () =>
  kube(["get", "deployment", "acci-framework", "-o", "jsonpath={.spec.template.spec.containers[0].image}"]);

async function scale(replicas: number): Promise<void> {
  await kube(["scale", "deployment/acci-framework", `--replicas=${replicas}`]);
  await ready();
}

/** Evicts a pod as the drain of a node does; the disruption budget may refuse it. */
async function evict(pod: string): Promise<void> {
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: pod } };
  const raw = `/api/v1/namespaces/acci-dev/pods/${pod}/eviction`;
  await kube(["create", "--raw", raw, "-f", "-"], JSON.stringify(eviction));
  await kube(["wait", "--for=delete", `pod/${pod}`, "--timeout=120s"]);
  await ready();
}

/** Runs `work` under load and expects that no request fails. */
async function unnoticed(what: string, work: () => Promise<void>): Promise<void> {
  const load = await Load.start();
  const failure = await work().then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  const { failed, p99Milliseconds, problems, requests } = await load.stop();
  process.stdout.write(`${what}: ${requests} requests sent, ${failed} failed, p99 ${p99Milliseconds} ms\n`);
  if (failure) throw failure;
  expect(problems).toEqual([]);
  expect(failed).toBe(0);
  expect(requests).toBeGreaterThan(1000);
}

describe("under a constant load nobody notices", () => {
  it(`${ROLLOUTS} rollouts of a changed image, and two rollbacks`, async () => {
    const before = await runningImage();
    await unnoticed(`${ROLLOUTS} rollouts and two rollbacks`, async () => {
      await rollOutOften(ROLLOUTS);
      expect(await runningImage()).toBe(before);
      await rollBack();
      expect(await runningImage()).not.toBe(before);
      await rollBack();
      expect(await runningImage()).toBe(before);
    });
  });

  it("a scale up, a scale down and the eviction of every pod", async () => {
    await unnoticed("scaling and evictions", async () => {
      await scale(4);
      await scale(2);
      for (const pod of await applicationPods()) await evict(pod);
    });
  });
});
