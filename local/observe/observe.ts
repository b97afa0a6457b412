import { kubectl } from "../cluster/cluster.ts";
import { inState } from "../lib/paths.ts";
import { phase, say } from "../lib/progress.ts";
import { withPlatform } from "../lock.ts";
import { existingCluster, pulumi } from "../stack/pulumi.ts";
import { buildCollector } from "../toolchain/build.ts";
import { NAMESPACE, OTLP_PORT, setObserved, STORE } from "./mark.ts";
import { store } from "./store.ts";

/** Arguments by which Traefik sends its spans to the store. */
const TRACING = [
  "--tracing.otlp.http=true",
  `--tracing.otlp.http.endpoint=http://${STORE}.${NAMESPACE}.svc:${OTLP_PORT}/v1/traces`,
  "--tracing.servicename=traefik",
];

/** `make observe`: a store for traces on the embedded platform, to which Traefik and the dev stack send theirs. `ARGS=stop` removes it. */
export async function observe(): Promise<void> {
  if (existingCluster() !== undefined)
    throw new Error(
      "observe: must be without ACCI_CONTEXT, got a cluster of yours; set acci:telemetry to its collector, and TRACES for `make trace`",
    );
  if (process.argv[3] === "stop") return stop();
  await withPlatform(() => buildCollector(inState("log", "toolchain.log")));
  await phase("starting the store", startStore);
  setObserved(true);
  await phase("pulumi up", () => pulumi("dev", ["up", "--yes", "--skip-preview"]));
  say("the dev stack and Traefik send their traces to the store; `make trace` follows a request");
}

export async function startStore(): Promise<void> {
  await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: store }));
  await kubectl(["-n", NAMESPACE, "wait", "--for=condition=Ready", `pod/${STORE}`, "--timeout=120s"]);
  await traceRoute(true);
}

async function stop(): Promise<void> {
  setObserved(false);
  await phase("pulumi up", () => pulumi("dev", ["up", "--yes", "--skip-preview"]));
  await phase("removing the store", stopStore);
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
