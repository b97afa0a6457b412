import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";

/** A pod's counters, as the application shows them. */
export class ScrapedPod {
  ok = 0;
  failed = 0;
  slow = 0;
  memory = 50 * 2 ** 20;
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
      `process_memory_rss_bytes ${this.memory}`,
      "",
    ].join("\n");
  }

  readonly close = () => this.#server.close();
}
