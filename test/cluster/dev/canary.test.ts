import { pulumi } from "../../../local/stack/pulumi.ts";
import { killUpDuring } from "../support/background.ts";
import {
  BAD,
  BLUE_GREEN,
  CANARY_PODS,
  configOf,
  FAILS,
  GOOD,
  GREEN,
  IS_SLOW,
  OLD,
  prometheus,
  replicasOfCanary,
  rollOutVersion,
  stableVersion,
  startJudged,
  stopJudged,
  underLoad,
  weightOfCanary,
  whileWriting,
  withBadPods,
} from "../support/judged-rollouts.ts";
import { command, kube } from "../support/site.ts";

beforeAll(startJudged);
afterAll(stopJudged);

const atRest = async () => [await weightOfCanary(), await replicasOfCanary(), await stableVersion()];
const gone = () => kube(["wait", "--for=delete", "pod", "-l", CANARY_PODS, "--timeout=60s"]);

test("a first installation has nothing to compare with, and leaves no pod of a canary", async () => {
  expect(await atRest()).toEqual([0, 0, OLD]);
});

test("a good version goes through its steps, also when the update dies, and no request fails", async () => {
  const seen = new Set<number>();
  const { failed, problems, requests } = await underLoad(async () => {
    await killUpDuring("dev", configOf(GOOD), async () => (await weightOfCanary()) === 20);
    expect(await stableVersion()).toBe(OLD);
    const second = rollOutVersion(GOOD);
    let done = false;
    void second.finally(() => (done = true)).catch(() => {});
    while (!done) seen.add(await weightOfCanary());
    await second;
  });
  process.stdout.write(`canary to its end: ${requests} requests sent, ${failed} failed\n`);
  expect(problems).toEqual([]);
  expect([...seen].slice(-2)).toEqual([50, 0]);
  expect(await atRest()).toEqual([0, 0, GOOD]);
  await pulumi("dev", ["preview", "--expect-no-changes"], { config: configOf(GOOD) });
});

test("a version that fails a tenth of its requests is taken back within its first step, and the update says why", async () => {
  const before = await stableVersion();
  await withBadPods(FAILS, async () => {
    const { failed, requests } = await whileWriting(async () => {
      await expect(rollOutVersion(BAD)).rejects.toThrow(/failed requests of the canary: must be at most/);
    });
    process.stdout.write(`a bad canary: ${requests} requests sent, ${failed} failed until it was taken back\n`);
    // A fifth of the requests, of which a tenth, with room for chance.
    expect(failed).toBeLessThanOrEqual(10 + requests * 0.2 * 0.1 * 1.5);
    expect(failed).toBeGreaterThan(0);
    expect(await atRest()).toEqual([0, 0, before]);
    const rollouts = JSON.parse(await command("rollout-list", "ARGS=--json")) as { done: object[] }[];
    expect(rollouts.at(-1)).toMatchObject({ decision: "taken back", done: [{ weight: 20, verdict: "against" }] });
  });
  await gone();
});

test("a new color gets all requests at once and gives them back within seconds, and no request fails", async () => {
  const before = await stableVersion();
  let took = Infinity;
  const { failed, problems, requests } = await underLoad(async () => {
    await rollOutVersion(GREEN, BLUE_GREEN);
    // What ran before stands by, with the settings of then.
    expect(await atRest()).toEqual([0, 2, GREEN]);
    const [pod] = (await kube(["get", "pods", "-l", CANARY_PODS, "-o", "name"])).trim().split("\n");
    expect(await kube(["get", pod!, "-o", "jsonpath={..envFrom}"])).toContain("acci-framework-previous");
    const shown = await command("switch-back");
    took = Number(/serves all requests, ([\d.]+) s after/.exec(shown)![1]);
  });
  process.stdout.write(`blue-green, there and back in ${took} s: ${requests} requests sent, ${failed} failed\n`);
  expect(problems).toEqual([]);
  expect(took).toBeLessThan(10);
  expect(await atRest()).toEqual([0, 0, before]);
  expect(JSON.parse(await command("rollout-list", "ARGS=--json"))).toContainEqual(
    expect.objectContaining({ decision: "passed", switchedBack: expect.objectContaining({ seconds: took }) }),
  );
});

/** In every run: backup/rollout/rollout.integration.test.ts, under a real Prometheus. Here: `ACCI_TEST_FAULTS=1`. */
const withFaults = (tests: () => void) =>
  process.env.ACCI_TEST_FAULTS && describe("within its first step is taken back", tests);

withFaults(() => {
  const takenBack = async (version: string, reason: RegExp, application: object = {}) => {
    const before = await stableVersion();
    const { failed, requests } = await whileWriting(async () => {
      await expect(rollOutVersion(version, undefined, application)).rejects.toThrow(reason);
    });
    process.stdout.write(`${version}: ${requests} requests sent, ${failed} failed until it was taken back\n`);
    expect(await atRest()).toEqual([0, 0, before]);
    await gone();
  };

  test("a version that is slow", () =>
    withBadPods(IS_SLOW, () => takenBack("info,a=warn", /requests of the canary that took longer than/)));

  test("one that crashes", () =>
    takenBack("info,b=warn", /must be ready within|must not restart/, {
      // Less than the process needs, so that it is killed.
      resources: { requests: { cpu: "25m", memory: "6Mi" }, limits: { cpu: "500m", memory: "6Mi" } },
    }));

  test("any, once Prometheus is gone", async () => {
    await prometheus.stop();
    await takenBack("info,c=warn", /verdict: must be reached within the step, got none/);
    await prometheus.start();
  });
});
