import { APP, REDIS } from "./selectors.ts";
import { type Dashboard, query } from "./spec.ts";

const rate = (metric: string, labels = "") => `rate(${metric}{${APP}${labels}}[$__rate_interval])`;
const requests = `sum(${rate("http_requests_total")})`;
const failed = `(sum(${rate("http_requests_total", ',status=~"5.."')}) or vector(0))`;
const quantile = (q: number, by = "le") =>
  `histogram_quantile(${q}, sum by (${by}) (${rate("http_request_duration_seconds_bucket")}))`;

export const service: Dashboard = {
  name: "service",
  title: "ACCI / Service",
  description:
    "What users of a site get: rate, errors and duration of requests, what is used of the limits, and the cache.",
  rows: [
    {
      title: "Now",
      panels: [
        {
          title: "Requests",
          description: "Answered requests a second, probes not counted.",
          unit: "reqps",
          kind: "stat",
          queries: [query(requests, "requests")],
        },
        {
          title: "Errors",
          description: "Part of requests that is answered with 5xx.",
          unit: "percentunit",
          kind: "stat",
          queries: [query(`${failed} / ${requests}`, "errors")],
          thresholds: [0.02, 0.05],
          alert: "AcciApplicationErrors",
        },
        {
          title: "95th percentile",
          description: "Time within which 95 % of requests are answered, estimated from the histogram's buckets.",
          unit: "s",
          kind: "stat",
          queries: [query(quantile(0.95), "p95")],
          thresholds: [0.5, 1],
          alert: "AcciApplicationSlow",
        },
        {
          title: "Pods",
          description: "Pods that answer a scrape.",
          unit: "short",
          kind: "stat",
          queries: [query(`count(up{${APP}} == 1) or vector(0)`, "pods")],
          alert: "AcciApplicationPodsMissing",
        },
        {
          title: "Cache hits",
          description: "Part of the reads that the cache answers, over a quarter of an hour.",
          unit: "percentunit",
          kind: "stat",
          lowIsBad: true,
          queries: [
            query(
              `sum(rate(cache_hits_total{${APP}}[15m])) / (sum(rate(cache_hits_total{${APP}}[15m])) + sum(rate(cache_misses_total{${APP}}[15m])))`,
              "hits",
            ),
          ],
          alert: "AcciApplicationCacheMisses",
        },
        {
          title: "Budget left",
          description: "Least part of an error budget that is left in its window. Below zero the objective is missed.",
          unit: "percentunit",
          kind: "stat",
          lowIsBad: true,
          thresholds: [0.25, 0],
          queries: [query('min(slo:period_error_budget_remaining:ratio{namespace="$namespace"})', "left")],
          alert: "AcciAvailabilityBudgetBurning",
        },
      ],
    },
    {
      title: "Rate, errors, duration",
      panels: [
        {
          title: "Requests by status",
          description: "A client that hangs up counts as 499.",
          unit: "reqps",
          stacked: true,
          queries: [query(`sum by (status) (${rate("http_requests_total")})`, "{{status}}")],
        },
        {
          title: "Errors by route",
          description: "Answers with 5xx a second, by the template of the route.",
          unit: "reqps",
          queries: [query(`sum by (method, route) (${rate("http_errors_total")})`, "{{method}} {{route}}")],
          alert: "AcciApplicationErrors",
        },
        {
          title: "Duration",
          description: "Percentiles of all requests. A point leads to the trace of a request of that duration.",
          unit: "s",
          queries: [
            query(quantile(0.5), "p50"),
            query(quantile(0.95), "p95", true),
            query(quantile(0.99), "p99", true),
          ],
          thresholds: [0.5, 1],
          alert: "AcciApplicationSlow",
        },
        {
          title: "Requests by route",
          description: "Answered requests a second, by the template of the route.",
          unit: "reqps",
          queries: [query(`sum by (method, route) (${rate("http_requests_total")})`, "{{method}} {{route}}")],
        },
        {
          title: "95th percentile by route",
          description: "Which route is slow.",
          unit: "s",
          queries: [query(quantile(0.95, "le, method, route"), "{{method}} {{route}}")],
          alert: "AcciApplicationSlow",
        },
        {
          title: "Durations",
          description: "Requests by duration: two bands show that two kinds of requests are mixed.",
          unit: "s",
          kind: "heatmap",
          queries: [
            query(
              `sum by (le) (increase(http_request_duration_seconds_bucket{${APP}}[$__rate_interval]))`,
              "{{le}}",
              true,
            ),
          ],
        },
      ],
    },
    {
      title: "Saturation",
      panels: [
        {
          title: "CPU",
          description: "Of each pod, as a part of its limit.",
          unit: "percentunit",
          queries: [
            query(
              `(sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{namespace="$namespace",container="acci",pod=~"acci-framework-.+"}[$__rate_interval])) or sum by (namespace, pod) (${rate("process_cpu_seconds_total")})) / on (namespace) group_left () acci_site:application_cpu_limit:cores{namespace="$namespace"}`,
              "{{pod}}",
            ),
          ],
          thresholds: [0.7, 0.85],
          alert: "AcciApplicationCpu",
        },
        {
          title: "Memory",
          description: "Of each pod, as a part of its limit. At the limit the kernel ends the process.",
          unit: "percentunit",
          queries: [
            query(
              `(sum by (namespace, pod) (container_memory_working_set_bytes{namespace="$namespace",container="acci",pod=~"acci-framework-.+"}) or sum by (namespace, pod) (process_memory_rss_bytes{${APP}})) / on (namespace) group_left () acci_site:application_memory_limit:bytes{namespace="$namespace"}`,
              "{{pod}}",
            ),
          ],
          thresholds: [0.8, 0.9],
          alert: "AcciApplicationMemory",
        },
        {
          title: "Connections to the database",
          description: "Used connections of each pod's pool, as a part of the pool.",
          unit: "percentunit",
          queries: [query(`db_connections_active{${APP}} / db_connections_max{${APP}}`, "{{pod}} {{pool}}")],
          thresholds: [0.8, 0.9],
          alert: "AcciApplicationConnections",
        },
        {
          title: "Requests in work",
          description: "Requests that are being served, by pod.",
          unit: "short",
          queries: [query(`http_active_requests{${APP}}`, "{{pod}}")],
        },
        {
          title: "Open files",
          description: "File descriptors of each pod, connections included.",
          unit: "short",
          queries: [query(`process_open_fds{${APP}}`, "{{pod}}")],
        },
        {
          title: "Requests of tenants",
          description: "Requests that carried a valid tenant, a second.",
          unit: "reqps",
          queries: [query(`sum(${rate("acci_tenant_requests_total")})`, "requests")],
        },
      ],
    },
    {
      title: "Cache",
      panels: [
        {
          title: "Reads of the cache",
          description: "Hits and misses a second. The database answers the misses.",
          unit: "ops",
          stacked: true,
          queries: [
            query(`sum(${rate("cache_hits_total")})`, "hits"),
            query(`sum(${rate("cache_misses_total")})`, "misses"),
          ],
          alert: "AcciApplicationCacheMisses",
        },
        {
          title: "Failed commands",
          description: "Commands a second that the cache did not answer. The application goes on without it.",
          unit: "ops",
          queries: [query(`sum by (pod) (${rate("cache_errors_total")})`, "{{pod}}")],
          alert: "AcciApplicationCacheErrors",
        },
        {
          title: "Size",
          description: "Payload that the pods put into the cache and that has not expired.",
          unit: "bytes",
          queries: [query(`sum(cache_size_bytes{${APP}})`, "payload")],
        },
        {
          title: "Memory of the cache",
          description: "Used, and the most that it may use. A full cache evicts what was used least.",
          unit: "bytes",
          queries: [
            query(`max(redis_memory_used_bytes{${REDIS}})`, "used"),
            query(`max(redis_memory_max_bytes{${REDIS}})`, "most"),
          ],
          alert: "AcciCacheMemory",
        },
        {
          title: "Evicted and expired keys",
          description: "Keys a second that went because memory was full, or because their time was over.",
          unit: "ops",
          queries: [
            query(`sum(rate(redis_evicted_keys_total{${REDIS}}[$__rate_interval]))`, "evicted"),
            query(`sum(rate(redis_expired_keys_total{${REDIS}}[$__rate_interval]))`, "expired"),
          ],
          alert: "AcciCacheMemory",
        },
        {
          title: "Clients of the cache",
          description: "Open connections, and those refused a second.",
          unit: "short",
          queries: [
            query(`max(redis_connected_clients{${REDIS}})`, "connected"),
            query(`sum(rate(redis_rejected_connections_total{${REDIS}}[$__rate_interval]))`, "refused"),
          ],
          alert: "AcciCacheRefuses",
        },
      ],
    },
  ],
};
