import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { freePort } from "../../tooling/free-port.ts";
import { openPrometheus, type Query } from "../rollout/measure.ts";
import type { ScrapedPod } from "./scraped-pod.ts";

/** A real Prometheus that scrapes pods each second, each as the job of its name. */
export class PrometheusServer {
  readonly query: Query;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    const args = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", `--web.listen-address=127.0.0.1:${port}`];
    this.#process = spawn("prometheus", args, { cwd: folder, stdio: "ignore" });
    this.query = openPrometheus(`http://127.0.0.1:${port}`);
  }

  static async start(namespace: string, pods: Readonly<Record<string, ScrapedPod>>): Promise<PrometheusServer> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "acci-prometheus-"));
    const jobs = Object.entries(pods).map(async ([job_name, pod]) => ({
      job_name,
      static_configs: [{ targets: [await pod.address()], labels: { namespace, pod: job_name } }],
    }));
    const global = { scrape_interval: "1s", scrape_timeout: "1s" };
    // JSON is valid YAML.
    const configuration = JSON.stringify({ global, scrape_configs: await Promise.all(jobs) });
    writeFileSync(path.join(folder, "prometheus.yml"), configuration);
    return new PrometheusServer(folder, await freePort());
  }

  /** Requests that it has seen of a job; 0 before it is up. */
  async requests(job: string): Promise<number> {
    const found = await this.query(`sum(http_requests_total{job="${job}"})`, new Date()).catch(() => []);
    return found[0]?.value ?? 0;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, "exit");
      this.#process.kill();
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
