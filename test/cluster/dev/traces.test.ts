import { kubectl } from "../../../local/cluster/cluster.ts";
import { inState } from "../../../local/lib/paths.ts";
import { observation, setObserved } from "../../../local/observe/mark.ts";
import { startStore, stopStore } from "../../../local/observe/observe.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { buildCollector } from "../../../local/toolchain/build.ts";
import { applicationPods, ask, command, kube, until } from "../support/site.ts";

const up = () => pulumi("dev", ["up", "--yes", "--skip-preview"]);

beforeAll(async () => {
  await buildCollector(inState("log", "toolchain.log"));
  await startStore();
  setObserved(true);
  await up();
  // A pod of before serves on for some seconds, and has no exporter.
  await until("the pods of before to be gone", 60, async () => {
    const pods = await kube(["get", "pods", "-l", "app.kubernetes.io/name=acci-framework", "-o", "name"]);
    return pods.split("\n").filter(Boolean).length === (await applicationPods()).length;
  });
}, 600_000);

afterAll(async () => {
  setObserved(false);
  await up();
  await stopStore();
}, 300_000);

it("the application is led to the collector", async () => {
  expect(Object.keys(observation())).toEqual(["acci:telemetry"]);
  const endpoint = await kube([
    "get",
    "configmap/acci-framework",
    "-o",
    "jsonpath={.data.OTEL_EXPORTER_OTLP_ENDPOINT}",
  ]);
  expect(endpoint).toBe("http://store.observe.svc:4318");
});

it("make trace follows one request through the proxy, the handler, the queries, the cache, its lines and its exemplar", async () => {
  const printed = await command("trace");
  const hops = ["proxy", "handler", "pool", "queries", "cache", "log", "exemplar"];
  for (const hop of hops) expect(printed).toMatch(new RegExp(`^${hop} +[^M]`, "m"));
  expect(printed).toContain("traefik");
  expect(printed).toContain("GET /api/notes/{id}");
  expect(printed).not.toContain("MISSING");
});

it("no request suffers when the collector goes, and traces are back when it is", async () => {
  await kubectl(["-n", "observe", "delete", "pod/store", "--grace-period=0", "--force"]);
  const started = performance.now();
  for (let i = 0; i < 100; i++) expect((await ask("/")).status).toBe(200);
  expect((performance.now() - started) / 100).toBeLessThan(500);
  await startStore();
  // Spans of requests while it was away are gone, and those of the next are kept.
  expect(await command("trace")).not.toContain("MISSING");
});
