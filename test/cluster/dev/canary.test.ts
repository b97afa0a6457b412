import { pulumi } from "../../../local/stack/pulumi.ts";
import { killUpDuring } from "../support/background.ts";
import { Load, type Report } from "../support/load.ts";
import { Prometheus, SERVICE } from "../support/prometheus.ts";
import { asTenant, command, dev, kube, kubeJson, sql, tenant, until } from "../support/site.ts";

const CANARY = "app.kubernetes.io/instance=acci-framework-canary";
const steps = [
  { weight: 20, seconds: 15 },
  { weight: 50, seconds: 15 },
];
const CANARIES = { strategy: "canary", steps, judge: { prometheus: SERVICE } };
const BLUE_GREEN = { strategy: "blue-green", bake: 15, judge: { prometheus: SERVICE } };
const config = (logLevel: string, rollout: object = CANARIES) => ({
  "acci:exposure": { mode: "gateway" },
  "acci:monitoring": { interval: "5s" },
  "acci:rollout": rollout,
  // What a new version has here, because a change of it makes other pods without another image.
  "acci:application": { logLevel },
});
const [OLD, GOOD, BAD, GREEN] = ["info", "info,sqlx=warn", "info,sqlx=error", "info,sqlx=info"];
const up = (logLevel: string, rollout?: object) =>
  pulumi("dev", ["up", "--yes", "--skip-preview"], { config: config(logLevel, rollout) });

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

/** Writes notes, a few at once, for as long as the work takes. Counts the answers by status. */
async function writing(work: () => Promise<void>): Promise<{ requests: number; failed: number }> {
  const count = { requests: 0, failed: 0 };
  let goesOn = true;
  const body = JSON.stringify({ title: "written meanwhile", body: "text" });
  const clients = Array.from({ length: 4 }, async () => {
    while (goesOn) {
      const { status } = await dev.ask("/api/notes", asTenant(tenant, { method: "POST", body }));
      count.requests += 1;
      if (status !== 201) count.failed += 1;
    }
  });
  const discovery = (async () => {
    while (goesOn) await prometheus.discover();
  })();
  try {
    await work();
  } finally {
    goesOn = false;
    await Promise.all([...clients, discovery]);
  }
  return count;
}

test("a version that fails a tenth of its requests is taken back within its first step, and the update says why", async () => {
  const before = await running();
  const pods = await kubeJson<{ items: { status: { podIP: string } }[] }>([
    ...["get", "pods", "-l", "app.kubernetes.io/instance=acci-framework"],
  ]);
  const stable = pods.items.map(({ status }) => status.podIP).join(",");
  await sql(`CREATE FUNCTION public.fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF inet_client_addr() <> ALL ('{${stable}}'::inet[]) AND random() < 0.1 THEN RAISE 'made to fail'; END IF;
    RETURN NEW; END $$;
    CREATE TRIGGER fails BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION public.fails()`);
  try {
    const { failed, requests } = await writing(async () => {
      await expect(up(BAD!)).rejects.toThrow(
        /taken back in step 1 of 2[\s\S]*failed requests of the canary: must be at most/,
      );
    });
    process.stdout.write(`a bad canary: ${requests} requests sent, ${failed} failed until it was taken back\n`);
    // A fifth of the requests, of which a tenth, with room for chance.
    expect(failed).toBeLessThanOrEqual(10 + requests * 0.2 * 0.1 * 1.5);
    expect(failed).toBeGreaterThan(0);
    expect([await weight(), await canaries(), await running()]).toEqual([0, 0, before]);
  } finally {
    await sql("DROP FUNCTION public.fails() CASCADE");
  }
  await kube(["wait", "--for=delete", "pod", "-l", CANARY, "--timeout=60s"]);
});

test("a new color gets all requests at once and gives them back within seconds, and no request fails", async () => {
  const before = await running();
  let took = Infinity;
  const { failed, problems, requests } = await observed(async () => {
    await up(GREEN!, BLUE_GREEN);
    expect(await running()).toBe(GREEN);
    // What ran before stands by, with the settings of then.
    expect([await weight(), await canaries()]).toEqual([0, 2]);
    const [pod] = (await kube(["get", "pods", "-l", CANARY, "-o", "name"])).trim().split("\n");
    expect(await kube(["get", pod!, "-o", "jsonpath={..envFrom}"])).toContain("acci-framework-previous");
    const shown = await command("switch-back");
    took = Number(/serves all requests, ([\d.]+) s after/.exec(shown)![1]);
  });
  process.stdout.write(`blue-green, there and back in ${took} s: ${requests} requests sent, ${failed} failed\n`);
  expect(problems).toEqual([]);
  expect(took).toBeLessThan(10);
  expect([await weight(), await canaries(), await running()]).toEqual([0, 0, before]);
  expect(JSON.parse(await command("rollout-list", "ARGS=--json"))).toContainEqual(
    expect.objectContaining({ decision: "passed", switchedBack: expect.objectContaining({ seconds: took }) }),
  );
});
