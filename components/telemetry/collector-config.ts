/** Configuration of the collector on each node: what it reads, and what it keeps on disk until the store has taken it. */

export const OTLP_PORT = 4318;
export const HEALTH_PORT = 13133;
/** Folders of the node, where they are in the pod. */
export const LOGS = "/var/log/pods";
export const CHECKPOINTS = "/var/lib/otelcol";

export interface CollectorTarget {
  /** Namespace whose pods' logs are read. */
  readonly site: string;
  /** Addresses of the stores; what they take is below `/v1`. */
  readonly traces: string;
  readonly logs: string;
}

/**
 * Lines are kept twice: the position in each file is a checkpoint on disk, and what was read waits in a queue on disk for the store. So a
 * collector that is killed goes on where it was, and a store that is away costs nothing but room. A full queue stops the reading.
 */
export const collectorConfig = ({ logs, site, traces }: CollectorTarget) => ({
  extensions: {
    health_check: { endpoint: `\${env:POD_IP}:${HEALTH_PORT}` },
    file_storage: { directory: CHECKPOINTS, fsync: true, compaction: { on_start: true, directory: CHECKPOINTS } },
  },
  receivers: {
    otlp: { protocols: { http: { endpoint: `\${env:POD_IP}:${OTLP_PORT}` } } },
    filelog: {
      // The file that is written, and the last one that was rotated: it may have lines that were not read yet.
      include: [`${LOGS}/${site}_*/*/*.log`, `${LOGS}/${site}_*/*/*.log.*`],
      exclude: ["*.gz", "*.tmp"].map((kind) => `${LOGS}/${site}_*/*/${kind}`),
      // What was written before the collector came is read as well.
      start_at: "beginning",
      include_file_path: true,
      include_file_name: false,
      storage: "file_storage",
      retry_on_failure: { enabled: true, max_elapsed_time: "0s" },
      operators: [
        // Takes namespace, pod and container from the path of the file, so the Kubernetes API is not asked.
        { type: "container", id: "container" },
        {
          type: "add",
          field: 'resource["service.name"]',
          value: 'EXPR(resource["k8s.container.name"])',
        },
        {
          type: "json_parser",
          if: 'body matches "^\\\\{"',
          on_error: "send_quiet",
          severity: { parse_from: "attributes.level" },
          trace: {
            trace_id: { parse_from: "attributes.trace_id" },
            span_id: { parse_from: "attributes.span_id" },
          },
        },
        // A stream of its own, which a store can keep for longer.
        {
          type: "add",
          if: 'attributes.target == "audit"',
          field: 'resource["service.name"]',
          value: 'EXPR(resource["k8s.container.name"] + "-audit")',
        },
      ],
    },
  },
  processors: { memory_limiter: { check_interval: "1s", limit_percentage: 75, spike_limit_percentage: 20 } },
  exporters: {
    "otlp_http/traces": { traces_endpoint: below(traces, "traces"), ...kept(50_000) },
    "otlp_http/logs": { logs_endpoint: below(logs, "logs"), ...kept(1_000_000) },
  },
  service: {
    extensions: ["health_check", "file_storage"],
    telemetry: { metrics: { level: "none" } },
    pipelines: {
      traces: { receivers: ["otlp"], processors: ["memory_limiter"], exporters: ["otlp_http/traces"] },
      logs: { receivers: ["filelog"], processors: ["memory_limiter"], exporters: ["otlp_http/logs"] },
    },
  },
});

const below = (address: string, signal: string) => `${address.replace(/\/$/, "")}/v1/${signal}`;

/** A queue on disk for so many spans or lines, which are sent until they are taken: what is given up is lost. */
const kept = (items: number) => ({
  retry_on_failure: { enabled: true, max_interval: "10s", max_elapsed_time: "0s" },
  sending_queue: {
    enabled: true,
    storage: "file_storage",
    sizer: "items",
    queue_size: items,
    block_on_overflow: true,
    batch: { flush_timeout: "1s", min_size: 1000, max_size: 5000 },
  },
});
