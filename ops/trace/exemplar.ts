import { spawn } from "node:child_process";
import { kubectlFlags } from "../kubectl.ts";
import type { Site } from "../site.ts";

/** Bucket of the latency, of the pod that answered, that points to the trace. */
export async function exemplarOf(site: Site, pod: string, trace: string): Promise<string | undefined> {
  if (pod === "") return undefined;
  const metrics = await openMetrics(site, pod);
  const bucket = metrics.split("\n").find((line) => line.includes(` # {trace_id="${trace}"`));
  return bucket?.slice(0, bucket.indexOf("}") + 1);
}

/** The metrics of a pod in the format that has exemplars. The API server's proxy would not pass on which format is wanted. */
async function openMetrics(site: Site, pod: string): Promise<string> {
  const forward = spawn("kubectl", [...kubectlFlags(site), "port-forward", `pod/${pod}`, ":9090"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    for await (const said of forward.stdout) {
      const port = /127\.0\.0\.1:(\d+)/.exec(String(said))?.[1];
      if (port === undefined) continue;
      const headers = { accept: "application/openmetrics-text; version=1.0.0" };
      return await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text();
    }
    throw new Error(`pod/${pod}: must let its port 9090 be forwarded, got none; see \`make port-forward\``);
  } finally {
    forward.kill();
  }
}
