import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { dashboards as all } from "../dashboards/all.ts";
import type { Range, Series } from "./dashboards/panels.ts";
import { takePictures } from "./dashboards/pictures.ts";
import { serve } from "./dashboards/server.ts";
import { kubectlFlags, say } from "./kubectl.ts";
import type { Site } from "./site.ts";

const PORT = 3000;
const TIMEOUT_MS = 20_000;

/**
 * `make dashboards`: the dashboards of a site in a browser, where there is no Grafana. `PROMETHEUS` is an address, or namespace/service:port
 * of a Service that is reached through the Kubernetes API. With `--pictures=<folder>` it takes a picture of each instead, of the last hour
 * or so many `--seconds` as the page offers.
 */
export async function dashboards(site: Site, args: readonly string[]): Promise<void> {
  const options = { pictures: { type: "string" }, seconds: { type: "string", default: "3600" } } as const;
  const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [port = values.pictures ? 0 : PORT] = positionals;
  const prometheus = await reach(site, process.env["PROMETHEUS"] || "monitoring/prometheus-operated:9090");
  const server = serve(site.namespace, (expr, range) => ask(prometheus, expr, range));
  await once(server.listen(Number(port), "127.0.0.1"), "listening");
  if (values.pictures) {
    const address = `http://localhost:${(server.address() as AddressInfo).port}/?seconds=${values.seconds}`;
    await takePictures(values.pictures, Object.fromEntries(all.map(({ name }) => [name, `${address}#${name}`])), say);
    return process.exit(0);
  }
  say(`http://localhost:${port} shows ${all.map(({ name }) => name).join(", ")} of ${site.namespace}; Ctrl-C ends it`);
  await once(server, "close");
}

async function ask(prometheus: string, expr: string, { end, start, step }: Range): Promise<readonly Series[]> {
  const query = new URLSearchParams({ query: expr, start: String(start), end: String(end), step: String(step) });
  const answer = await fetch(`${prometheus}/api/v1/query_range?${query.toString()}`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const { data, error } = (await answer.json()) as { data?: { result: Series[] }; error?: string };
  if (!data) throw new Error(error ?? `${prometheus}: must answer with 200, got ${answer.status}`);
  return data.result;
}

/** An address of Prometheus on this machine: itself, or the end of a tunnel through the Kubernetes API. */
async function reach(site: Site, prometheus: string): Promise<string> {
  const [, namespace, service, port] = /^([a-z0-9-]+)\/([a-z0-9-]+):(\d+)$/.exec(prometheus) ?? [];
  if (!namespace) return prometheus.replace(/\/$/, "");
  const flags = kubectlFlags({ ...site, namespace });
  const forward = spawn("kubectl", [...flags, "port-forward", `service/${service!}`, `:${port!}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.once("exit", () => forward.kill());
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(0));
  return new Promise((resolve, reject) => {
    // Read to its end: kubectl writes a line for each connection, and is killed where nobody reads.
    forward.stdout.on("data", (said: Buffer) => {
      const local = /127\.0\.0\.1:(\d+)/.exec(String(said))?.[1];
      if (local !== undefined) resolve(`http://127.0.0.1:${local}`);
    });
    forward.once("error", ({ message }) => reject(new Error(`kubectl: cannot be run (${message}); install it`)));
    forward.once("exit", () =>
      reject(
        new Error(
          `PROMETHEUS: must be an address or namespace/service:port of the cluster, got ${prometheus}; kubectl has said why`,
        ),
      ),
    );
  });
}
