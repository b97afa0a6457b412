import { randomBytes } from "node:crypto";
import { kubectl } from "../../../local/cluster/cluster.ts";
import { inState } from "../../../local/lib/paths.ts";
import { observation, setObserved } from "../../../local/observe/mark.ts";
import { startStore, stopStore } from "../../../local/observe/observe.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { buildCollector } from "../../../local/toolchain/build.ts";
import { merge, type Tree } from "../../../tooling/maps.ts";
import { deployedImage } from "../support/deployed-image.ts";
import { Prometheus, SERVICE } from "../support/prometheus.ts";
import { pushChanged } from "../support/promotion.ts";
import { ask, asTenant, command, dev, kube, namespace, tenant, until } from "../support/site.ts";

const prometheus = new Prometheus(dev);

const up = (config: Tree = {}) => pulumi("dev", ["up", "--yes", "--skip-preview"], { config });
const endpoint = () => kube(["get", "configmap/acci-framework", "-o", "jsonpath={.data.OTEL_EXPORTER_OTLP_ENDPOINT}"]);
const loseStore = () => kubectl(["-n", "observe", "delete", "pod/store", "--grace-period=0", "--force"]);

/** A version whose image never ran here. */
const VERSION = "1.0.1";
/** Deploys it in place of what dev builds, if the error budget allows it. */
const ofVersion = (gate: Tree = {}): Tree => ({
  "acci:image": { version: VERSION, build: undefined },
  "acci:slo": { gate: { prometheus: SERVICE, ...gate } },
});
const REASON = "mends what spends the budget";

beforeAll(async () => {
  await Promise.all([buildCollector(inState("log", "toolchain.log")), prometheus.start(), pushChanged(VERSION)]);
  await startStore();
}, 600_000);

afterAll(async () => {
  setObserved(false);
  await up();
  await Promise.all([stopStore(), prometheus.stop()]);
}, 300_000);

describe("while the error budget is spent", () => {
  beforeAll(async () => {
    await dev.sql("REVOKE SELECT ON notes FROM acci_app");
    try {
      await until("the budget to be spent", 60, async () => {
        await Promise.all(Array.from({ length: 20 }, () => ask("/api/notes", asTenant(tenant))));
        const spent = `slo:period_error_budget_remaining:ratio{namespace="${namespace}",sloth_slo=~"requests-.+"} < 0`;
        return (await prometheus.series(spent)) > 0;
      });
    } finally {
      await dev.sql("GRANT SELECT ON notes TO acci_app");
    }
  }, 120_000);

  it("an update with a new image is refused, and changes nothing", async () => {
    const { digest } = await deployedImage();
    await expect(up(ofVersion())).rejects.toThrow(
      /acci:image\.version: must wait while an error budget of acci-dev is spent, got 1\.0\.1 \(requests-availability: -\d+ % left/,
    );
    expect(await kube(["get", "deployment/acci-framework", "-o", "jsonpath={..image}"])).toContain(digest);
  });

  it("it passes with a reason, which the history of the release keeps", async () => {
    setObserved(true);
    await up(ofVersion({ exception: { version: VERSION, reason: REASON } }));
    await dev.settled();
    expect(await command("history")).toContain(`by exception: ${REASON}`);
  });
});

describe("with a store for traces", () => {
  it("make trace follows one request through the proxy, the handler, the queries, the cache, its lines and its exemplar", async () => {
    expect(await endpoint()).toBe("http://store.observe.svc:4318");
    const printed = await command("trace");
    const hops = ["proxy", "handler", "pool", "queries", "cache", "log", "exemplar"];
    for (const hop of hops) expect(printed).toMatch(new RegExp(`^${hop} +[^M]`, "m"));
    expect(printed).toContain("traefik");
    expect(printed).toContain("GET /api/notes/{id}");
    expect(printed).not.toContain("MISSING");
  });

  it("no request suffers when the store goes, and traces are back when it is", async () => {
    await loseStore();
    const started = performance.now();
    for (let i = 0; i < 100; i++) expect((await ask("/")).status).toBe(200);
    expect((performance.now() - started) / 100).toBeLessThan(500);
    await startStore();
    // Spans of requests while it was away are gone, and those of the next are kept.
    expect(await command("trace")).not.toContain("MISSING");
  });
});

describe("with a collector of the stack's own on each node", () => {
  const TELEMETRY = `${namespace}-telemetry`;
  /** What of a file of the store matches, each once. */
  const inStore = (file: "logs" | "traces", pattern: string) =>
    kubectl([
      ...["-n", "observe", "exec", "pod/store", "--", "sh", "-c"],
      `grep -oh '${pattern}' /data/${file}.json | sort -u`,
    ]);

  it("is installed in spite of the spent budget, because the image is not new any more", async () => {
    await up(merge(ofVersion(), merge(observation(), { "acci:telemetry": { collector: { mode: "install" } } })));
    await dev.settled();
    await kubectl(["-n", TELEMETRY, "rollout", "status", "daemonset/collector", "--timeout=60s"]);
    expect(await endpoint()).toBe(`http://collector.${TELEMETRY}.svc:4318`);
  }, 300_000);

  it("a request is found in traces, logs and metrics by one id", async () => {
    await prometheus.discover();
    const printed = await command("trace");
    expect(printed).not.toContain("MISSING");
    const [, id] = /^trace ([0-9a-f]{32}):/.exec(printed)!;
    await until("its line in the store", 30, async () => (await inStore("logs", `"traceId":"${id!}"`)) !== "");
    await until("its exemplar in Prometheus", 30, async () =>
      (await prometheus.exemplars("http_request_duration_seconds_bucket")).includes(id!),
    );
  });

  it("ships the logs of every pod of the site, and of no other namespace", async () => {
    await until("lines of the database", 30, async () => (await inStore("logs", '"postgres-1"')) !== "");
    const label = '"k8s.namespace.name","value":{"stringValue":"';
    expect(await inStore("logs", `${label}[^"]*"`)).toBe(`${label}${namespace}"\n`);
  });

  it("has no token for the Kubernetes API", async () => {
    const pods = await kubectl(["-n", TELEMETRY, "get", "pods", "-o", "json"]);
    const { items } = JSON.parse(pods) as { items: { spec: { volumes: { name: string }[] } }[] };
    expect(items.map(({ spec }) => spec.volumes.map(({ name }) => name))).toEqual([["config", "logs", "checkpoints"]]);
  });

  it("a trace waits on the node's disk while the store is away", async () => {
    await loseStore();
    const id = randomBytes(16).toString("hex");
    await ask("/", { headers: { traceparent: `00-${id}-${randomBytes(8).toString("hex")}-01` } });
    await startStore();
    // The proxy sends its own spans itself.
    const spans = `"stringValue":"acci-framework".*"traceId":"${id}"`;
    await until("the trace in the store", 60, async () => (await inStore("traces", spans)) !== "");
  });
});
