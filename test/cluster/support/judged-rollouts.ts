import { pulumi } from "../../../local/stack/pulumi.ts";
import { Load, type Report } from "./load.ts";
import { Prometheus, SERVICE } from "./prometheus.ts";
import { asTenant, dev, kube, kubeJson, sql, tenant, until } from "./site.ts";

export const STEPS = [
  { weight: 20, seconds: 15 },
  { weight: 50, seconds: 15 },
];
const judge = { prometheus: SERVICE, path: "/api/notes", headers: { "x-tenant-id": tenant } };
export const CANARIES = { strategy: "canary", steps: STEPS, judge };
export const BLUE_GREEN = { strategy: "blue-green", bake: 10, judge };
export const CANARY_PODS = "app.kubernetes.io/instance=acci-framework-canary";

/** Versions of the application: log levels, because a change of it makes other pods without another image. */
export const [OLD, GOOD, BAD, GREEN] = ["info", "info,sqlx=warn", "info,sqlx=error", "info,sqlx=info"] as const;

export const configOf = (logLevel: string, rollout: object = CANARIES, application: object = {}) => ({
  "acci:exposure": { mode: "gateway" },
  "acci:monitoring": { interval: "5s" },
  "acci:rollout": rollout,
  // Both colors connect at once.
  "acci:application": { logLevel, databaseMaxConnections: 8, ...application },
});

export const rollOutVersion = (...version: Parameters<typeof configOf>) =>
  pulumi("dev", ["up", "--yes", "--skip-preview"], { config: configOf(...version) });

interface Route {
  readonly spec: { readonly rules: readonly { readonly backendRefs: readonly { name: string; weight: number }[] }[] };
}
export async function weightOfCanary(): Promise<number> {
  const { rules } = (await kubeJson<Route>(["get", "httproute", "acci-framework"])).spec;
  return rules.at(-1)!.backendRefs.find(({ name }) => name === "acci-framework-canary")?.weight ?? 0;
}
export const replicasOfCanary = () =>
  kube(["get", "deployment", "acci-framework-canary", "-o", "jsonpath={.spec.replicas}"]).then(Number);
/** The version that the stable release has. */
export const stableVersion = () => kube(["get", "configmap", "acci-framework", "-o", "jsonpath={.data.LOG_LEVEL}"]);

export const prometheus = new Prometheus(dev);

/** The site with the old version, and a Prometheus that scrapes it. */
export async function startJudged(): Promise<void> {
  await rollOutVersion(OLD);
  await until("the route", 60, async () => (await dev.ask("/health")).status === 200);
  await prometheus.start();
}
export async function stopJudged(): Promise<void> {
  await prometheus.stop();
  await pulumi("dev", ["up", "--yes", "--skip-preview"]);
}

/** Tells Prometheus of each pod that comes while the work goes on. */
async function discovered<T>(work: Promise<T>): Promise<T> {
  let goesOn = true;
  const discovery = (async () => {
    while (goesOn) await prometheus.discover();
  })();
  try {
    return await work;
  } finally {
    goesOn = false;
    await discovery;
  }
}

/** Does the work under load. */
export async function underLoad(work: () => Promise<void>): Promise<Report> {
  const load = await Load.start();
  const failure = await discovered(work()).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  const report = await load.stop();
  if (failure) throw failure;
  return report;
}

/** Writes notes, a few at once, for as long as the work takes. Counts the answers that were bad. */
export async function whileWriting(work: () => Promise<void>): Promise<{ requests: number; failed: number }> {
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
  try {
    await discovered(work());
  } finally {
    goesOn = false;
    await Promise.all(clients);
  }
  return count;
}

/** Lets every pod but those of the stable release do badly when it writes, while the work goes on. */
export async function withBadPods(statement: string, work: () => Promise<void>): Promise<void> {
  const pods = await kubeJson<{ items: { status: { podIP: string } }[] }>([
    ...["get", "pods", "-l", "app.kubernetes.io/instance=acci-framework"],
  ]);
  const stable = pods.items.map(({ status }) => status.podIP).join(",");
  await sql(`CREATE FUNCTION public.does_badly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF inet_client_addr() <> ALL ('{${stable}}'::inet[]) THEN ${statement} END IF;
    RETURN NEW; END $$;
    CREATE TRIGGER does_badly BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION public.does_badly()`);
  try {
    await work();
  } finally {
    await sql("DROP FUNCTION public.does_badly() CASCADE");
  }
}

/** A tenth of the requests fails. */
export const FAILS = "IF random() < 0.1 THEN RAISE 'made to fail'; END IF;";
/** Every third request takes longer than the objective. */
export const IS_SLOW = "IF random() < 0.34 THEN PERFORM pg_sleep(0.7); END IF;";
