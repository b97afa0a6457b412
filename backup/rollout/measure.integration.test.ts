import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { freePort } from "../../tooling/free-port.ts";
import { until } from "../../tooling/until.ts";
import { RELEASES } from "../contract/rollout.ts";
import { judge } from "./judge.ts";
import { measure, openPrometheus, type Query } from "./measure.ts";

const NAMESPACE = "acci-test";
const MEMORY = 50 * 2 ** 20;

/** A pod's counters, as the application shows them. */
class Pod {
  ok = 0;
  failed = 0;
  slow = 0;
  readonly #server = http.createServer((_, response) => response.end(this.metrics()));

  async address(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  metrics(): string {
    const all = this.ok + this.failed;
    return [
      `http_requests_total{method="GET",route="/api/notes",status="200"} ${this.ok}`,
      // A status that has not been answered yet has no series.
      ...(this.failed > 0 ? [`http_requests_total{method="GET",route="/api/notes",status="503"} ${this.failed}`] : []),
      `http_request_duration_seconds_bucket{route="/api/notes",le="0.1"} ${all - this.slow}`,
      `http_request_duration_seconds_bucket{route="/api/notes",le="0.5"} ${all - this.slow}`,
      `http_request_duration_seconds_bucket{route="/api/notes",le="1.0"} ${all}`,
      `http_request_duration_seconds_bucket{route="/api/notes",le="+Inf"} ${all}`,
      `process_memory_rss_bytes ${MEMORY}`,
      "",
    ].join("\n");
  }

  readonly close = () => this.#server.close();
}

const folder = mkdtempSync(path.join(os.tmpdir(), "acci-measure-"));
const [stable, canary] = [new Pod(), new Pod()];
let prometheus: ChildProcess;
let query: Query;

beforeAll(async () => {
  const port = await freePort();
  const job = async (job_name: string, pod: Pod) => ({
    job_name,
    static_configs: [{ targets: [await pod.address()], labels: { namespace: NAMESPACE, pod: job_name } }],
  });
  const scrape_configs = [await job(RELEASES.stable, stable), await job(RELEASES.canary, canary)];
  const global = { scrape_interval: "1s", scrape_timeout: "1s" };
  // JSON is valid YAML.
  writeFileSync(path.join(folder, "prometheus.yml"), JSON.stringify({ global, scrape_configs }));
  stable.ok = 10_000;
  stable.failed = 3;
  const args = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", `--web.listen-address=127.0.0.1:${port}`];
  prometheus = spawn("prometheus", args, { cwd: folder, stdio: "ignore" });
  query = openPrometheus(`http://127.0.0.1:${port}`);
  await until("a scrape of the stable release", 60, async () => (await requestsNow(RELEASES.stable)) === 10_003);
});
afterAll(async () => {
  const ended = once(prometheus, "exit");
  prometheus.kill();
  await ended;
  for (const pod of [stable, canary]) pod.close();
  rmSync(folder, { recursive: true });
});

const requestsNow = async (job: string) =>
  (await query(`sum(http_requests_total{job="${job}"})`, new Date()))[0]?.value ?? 0;

const since = (from: Date) => measure(query, NAMESPACE, 0.5, from, new Date());

test("a real Prometheus is asked for what either release has answered since a moment, a new status included", async () => {
  const from = new Date();
  stable.ok += 900;
  canary.ok += 90;
  canary.failed += 10;
  canary.slow += 20;
  await until(
    "both counts",
    30,
    async () => (await requestsNow(RELEASES.canary)) === 100 && (await requestsNow(RELEASES.stable)) === 10_903,
  );
  const measured = await since(from);
  expect(measured).toMatchObject({
    canary: { count: 100, failed: 10, slow: 20 },
    stable: { count: 900, failed: 0, slow: 0 },
    memoryBytes: MEMORY,
  });
  expect(measured.canary.p95).toBeCloseTo(0.875, 3);
  const objectives = { failed: 0.001, slow: 0.01, slowSeconds: 0.5 };
  const limits = { minRequests: 50, objectives, memoryBytes: 256 * 2 ** 20 };
  expect(judge({ measured, troubles: [] }, limits)).toMatchObject({ is: "against", reasons: { length: 2 } });
});

test("a restart of a pod loses nothing that it answered since", async () => {
  const from = new Date();
  canary.ok = 7;
  canary.failed = 0;
  canary.slow = 0;
  await until("the count after the restart", 30, async () => {
    const { canary: counted } = await since(from);
    return counted.count === 7;
  });
});

test("a Prometheus that is not there is told by its address", async () => {
  const away = openPrometheus(`http://127.0.0.1:${await freePort()}`);
  await expect(measure(away, NAMESPACE, 0.5, new Date(), new Date())).rejects.toThrow();
});
