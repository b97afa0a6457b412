import { pulumi } from "../../../local/stack/pulumi.ts";
import { killUpDuring } from "../support/background.ts";
import { Load, type Report } from "../support/load.ts";
import { Prometheus, SERVICE } from "../support/prometheus.ts";
import { dev, kube, kubeJson, until } from "../support/site.ts";

const steps = [
  { weight: 20, seconds: 15 },
  { weight: 50, seconds: 15 },
];
const config = (logLevel: string) => ({
  "acci:exposure": { mode: "gateway" },
  "acci:monitoring": { interval: "5s" },
  "acci:rollout": { strategy: "canary", steps, judge: { prometheus: SERVICE } },
  // What a new version has here, because a change of it makes other pods without another image.
  "acci:application": { logLevel },
});
const [OLD, GOOD] = ["info", "info,sqlx=warn"];
const up = (logLevel: string) => pulumi("dev", ["up", "--yes", "--skip-preview"], { config: config(logLevel) });

interface Route {
  readonly spec: { readonly rules: readonly { readonly backendRefs: readonly { name: string; weight: number }[] }[] };
}
const weight = async () => {
  const { rules } = (await kubeJson<Route>(["get", "httproute", "acci-framework"])).spec;
  return rules.at(-1)!.backendRefs.find(({ name }) => name === "acci-framework-canary")?.weight ?? 0;
};
const canaries = () =>
  kube(["get", "deployment", "acci-framework-canary", "-o", "jsonpath={.spec.replicas}"]).then(Number);
const running = () => kube(["get", "configmap", "acci-framework", "-o", "jsonpath={.data.LOG_LEVEL}"]);

const prometheus = new Prometheus(dev);

/** Does the work under load, while Prometheus is told of each pod that comes. */
async function observed(work: () => Promise<void>): Promise<Report> {
  const load = await Load.start();
  let goesOn = true;
  const discovery = (async () => {
    while (goesOn) await prometheus.discover();
  })();
  const failure = await work().then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  goesOn = false;
  const [report] = await Promise.all([load.stop(), discovery]);
  if (failure) throw failure;
  return report;
}

beforeAll(async () => {
  await up(OLD!);
  await until("the route", 60, async () => (await dev.ask("/health")).status === 200);
  await prometheus.start();
});
afterAll(async () => {
  await prometheus.stop();
  await pulumi("dev", ["up", "--yes", "--skip-preview"]);
});

test("a first installation has nothing to compare with, and leaves no pod of a canary", async () => {
  expect(await running()).toBe(OLD);
  expect([await weight(), await canaries()]).toEqual([0, 0]);
});

test("a good version goes through its steps, also when the update dies, and no request fails", async () => {
  const seen = new Set<number>();
  const { failed, problems, requests } = await observed(async () => {
    await killUpDuring("dev", config(GOOD!), async () => (await weight()) === 20);
    expect(await running()).toBe(OLD);
    const second = up(GOOD!);
    let done = false;
    void second.finally(() => (done = true)).catch(() => {});
    while (!done) seen.add(await weight());
    await second;
  });
  process.stdout.write(`canary to its end: ${requests} requests sent, ${failed} failed\n`);
  expect(problems).toEqual([]);
  expect([...seen].slice(-2)).toEqual([50, 0]);
  expect(await running()).toBe(GOOD);
  expect([await weight(), await canaries()]).toEqual([0, 0]);
  await pulumi("dev", ["preview", "--expect-no-changes"], { config: config(GOOD!) });
});
