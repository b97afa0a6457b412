import { randomBytes, randomUUID } from "node:crypto";
import https from "node:https";
import { until } from "../tooling/until.ts";
import { ask, say } from "./kubectl.ts";
import { release, settingsOf, type Site } from "./site.ts";
import { exemplarOf } from "./trace/exemplar.ts";
import { type Span, spansOfAnswer, spansOfLines } from "./trace/spans.ts";
import { type LogLine, missingOf, tableOf, wayOf } from "./trace/way.ts";

/** Time until the last hop has been written: exporters send every five seconds, a collector once more. */
const PATIENCE_SECONDS = 20;

/** End of an id that a sampler by ratio keeps, however small the ratio: it compares these bytes with it. Traefik's asks nobody else. */
const KEPT = "0000000000000001";

/**
 * Sends one request with a trace of its own through the route and follows it: proxy, handler, pool, queries, cache, log lines, exemplar.
 * The request reads a note that nobody has, so it writes nothing. Ends with an error that names the hops that are missing.
 *
 * `TRACES` is the address of the store's query API, Jaeger's or Tempo's; a store of `make observe` is found without it.
 */
export async function trace(site: Site): Promise<void> {
  const { host } = settingsOf(site.stack);
  const id = `${randomBytes(8).toString("hex")}${KEPT}`;
  const path = `/api/notes/${randomUUID()}`;
  const answer = await request(`https://${host}${path}`, {
    "x-tenant-id": randomUUID(),
    "x-request-id": `make-trace-${id.slice(0, 8)}`,
    traceparent: `00-${id}-${randomBytes(8).toString("hex")}-01`,
  });
  const pod = String(answer.headers["x-served-by"] ?? "");
  say(`trace ${id}: GET ${path} answered ${answer.status} by ${pod || "no pod that named itself"}`);

  const look = async () => {
    const [spans, lines, exemplar] = await Promise.all([
      spansOf(site, id),
      linesOf(site, id),
      exemplarOf(site, pod, id),
    ]);
    return wayOf({ spans, lines, exemplar }, release);
  };
  let way = await look();
  await until("the whole way", PATIENCE_SECONDS, async () => missingOf((way = await look())).length === 0).catch(
    () => {},
  );
  say(tableOf(way));
  const missing = missingOf(way);
  if (missing.length > 0)
    throw new Error(`${id}: must have every hop, got none for ${missing.join(", ")}; the table says what helps`);
}

async function spansOf(site: Site, id: string): Promise<Span[]> {
  const address = process.env["TRACES"];
  if (!address) return spansOfLines(await storedBeside(site, id), id);
  const answer = await fetch(`${address.replace(/\/$/, "")}/api/traces/${id}`);
  return answer.ok ? spansOfAnswer(await answer.text(), id) : [];
}

/** Lines of the file in which the store of `make observe` keeps what its collector took. */
const storedBeside = (site: Site, id: string): Promise<string> =>
  ask({ ...site, namespace: "observe" }, [
    "exec",
    "pod/store",
    "--",
    "sh",
    "-c",
    `grep -h ${id} /data/traces.json || true`,
  ]);

async function linesOf(site: Site, id: string): Promise<LogLine[]> {
  const selector = `--selector=app.kubernetes.io/name=${release}`;
  const log = await ask(site, [
    "logs",
    selector,
    "--container=acci",
    "--since=2m",
    "--tail=-1",
    "--max-log-requests=50",
  ]);
  const lines = log.split("\n").filter((line) => line.includes(id));
  return lines.map((line) => JSON.parse(line) as LogLine);
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** Asks the route by its public name. `ROUTE_ADDRESS` is where that name leads to, for a site that no DNS has. */
function request(url: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const address = process.env["ROUTE_ADDRESS"];
  const lookup: https.RequestOptions["lookup"] = (_, options, found) =>
    options.all ? found(null, [{ address: address!, family: 4 }]) : found(null, address!, 4);
  return new Promise((resolve, reject) => {
    const sent = https.request(
      url,
      { headers, timeout: 10_000, agent: false, ...(address ? { lookup } : {}) },
      (answer) => {
        answer.resume().on("end", () => resolve({ status: answer.statusCode, headers: answer.headers }));
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`${url}: must answer within 10 s, got nothing`)));
    sent.on("error", reject).end();
  });
}
