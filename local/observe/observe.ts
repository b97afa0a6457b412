import { kubectl } from "../cluster/cluster.ts";
import { inState } from "../lib/paths.ts";
import { phase, say } from "../lib/progress.ts";
import { withPlatform } from "../lock.ts";
import { existingCluster, pulumi } from "../stack/pulumi.ts";
import { installPackages, missingObservePackages, missingPagePackages } from "../packages.ts";
import { buildCollector } from "../toolchain/build.ts";
import { startMetrics, stopMetrics } from "./metrics.ts";
import { NAMESPACE, OTLP_PORT, setObserved, STORE } from "./mark.ts";
import { MONITORING, PORT, PROMETHEUS } from "./prometheus.ts";
import { storeOf } from "./store.ts";
import { fetchZipkin, ZIPKIN, ZIPKIN_PORT } from "./zipkin.ts";

/** Arguments by which Traefik sends its spans to the store. */
const TRACING = [
  "--tracing.otlp.http=true",
  `--tracing.otlp.http.endpoint=http://${STORE}.${NAMESPACE}.svc:${OTLP_PORT}/v1/traces`,
  "--tracing.servicename=traefik",
];

/**
 * `make observe`: what is needed to look at the dev stack of the embedded platform. A store to which it and Traefik send their traces, and
 * a Prometheus with an Alertmanager that do as its monitors and rules say. `ARGS=stop` removes them.
 */
export async function observe(): Promise<void> {
  if (existingCluster() !== undefined)
    throw new Error(
      "observe: must be without ACCI_CONTEXT, got a cluster of yours; set acci:telemetry to its collector, and TRACES for `make trace`",
    );
  if (process.argv[3] === "stop") return stop();
  const log = inState("log", "toolchain.log");
  const hasPage = await withPlatform(async () => {
    await buildCollector(log);
    const packages = await missingObservePackages();
    if (packages.length > 0) await installPackages(packages, log);
    return preparePage(log);
  });
  await phase("starting the store", () => startStore(hasPage));
  setObserved(true);
  await phase("pulumi up", () => pulumi("dev", ["up", "--yes", "--skip-preview"]));
  await phase("starting Prometheus", startMetrics);
  say("the dev stack and Traefik send their traces to the store; `make trace` follows a request");
  if (hasPage)
    say(
      `http://localhost:${ZIPKIN_PORT}/zipkin/ shows them during \`kubectl -n ${NAMESPACE} port-forward service/${ZIPKIN} ${ZIPKIN_PORT}\``,
    );
  say(`\`make dashboards PROMETHEUS=${MONITORING}/${PROMETHEUS}:${PORT}\` shows the dashboards`);
}

/** Fetches what the page of traces needs; without it the store has none. */
async function preparePage(log: string): Promise<boolean> {
  try {
    const packages = await missingPagePackages();
    if (packages.length > 0) await installPackages(packages, log);
    await fetchZipkin(log);
    return true;
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    say(`  Zipkin is not to be had, so the traces have no page: ${reason!}`);
    return false;
  }
}

export async function startStore(hasPage = false): Promise<void> {
  await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: storeOf(hasPage) }));
  const pods = [STORE, ...(hasPage ? [ZIPKIN] : [])].map((name) => `pod/${name}`);
  await kubectl(["-n", NAMESPACE, "wait", "--for=condition=Ready", ...pods, "--timeout=120s"]);
  await traceRoute(true);
}

async function stop(): Promise<void> {
  setObserved(false);
  await phase("pulumi up", () => pulumi("dev", ["up", "--yes", "--skip-preview"]));
  await phase("removing the store and Prometheus", () => Promise.all([stopStore(), stopMetrics()]));
}

export async function stopStore(): Promise<void> {
  await traceRoute(false);
  await kubectl(["delete", "namespace", NAMESPACE, "--ignore-not-found"]);
}

/** Adds the arguments to Traefik, or takes them away. */
async function traceRoute(on: boolean): Promise<void> {
  const traefik = ["-n", "traefik", "deployment/traefik"];
  const args = await kubectl(["get", ...traefik, "-o", "jsonpath={.spec.template.spec.containers[0].args}"]);
  const others = (JSON.parse(args) as string[]).filter((one) => !one.startsWith("--tracing."));
  const value = [...others, ...(on ? TRACING : [])];
  const patch = [{ op: "replace", path: "/spec/template/spec/containers/0/args", value }];
  await kubectl(["patch", ...traefik, "--type=json", `--patch=${JSON.stringify(patch)}`]);
  await kubectl(["rollout", "status", ...traefik, "--timeout=120s"]);
}
