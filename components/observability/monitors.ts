import { POOLER } from "../postgres/pooler.ts";
import { BACKUP_AGENT, REDIS_EXPORTER } from "../../kubernetes/labels.ts";

type Labels = Readonly<Record<string, string>>;

/** Names by which the alerts and dashboards find the metrics of pods: a PodMonitor's own job name begins with its namespace. */
export const POSTGRES_JOB = "acci-postgres";
export const POOLER_JOB = "acci-pooler";
export const REDIS_JOB = "acci-redis";

export interface Monitor {
  readonly kind: "ServiceMonitor" | "PodMonitor";
  readonly spec: object;
}

export interface Scraped {
  readonly interval: string;
  /** Pods of the pooler; 0 for none. */
  readonly poolers: number;
  /** Whether the cache has an exporter. */
  readonly exported: boolean;
  /** Whether the site makes dumps, and so has the agent that looks at them. */
  readonly backups: boolean;
}

/** Monitors by what they scrape, beside the application, whose monitor is in its chart. */
export function monitors({ backups, exported, interval, poolers }: Scraped): Record<string, Monitor> {
  const services = (endpoint: object, matchLabels: Labels): Monitor => ({
    kind: "ServiceMonitor",
    spec: { selector: { matchLabels }, endpoints: [endpoint] },
  });
  const pods = (job: string, matchLabels: Labels): Monitor => ({
    kind: "PodMonitor",
    spec: {
      selector: { matchLabels },
      podMetricsEndpoints: [
        {
          port: "metrics",
          path: "/metrics",
          interval,
          relabelings: [{ action: "replace", targetLabel: "job", replacement: job }],
        },
      ],
    },
  });
  return {
    ...(backups ? { "backup-agent": services({ port: "metrics", path: "/metrics", interval }, BACKUP_AGENT) } : {}),
    postgres: pods(POSTGRES_JOB, { "cnpg.io/cluster": "postgres", "cnpg.io/podRole": "instance" }),
    ...(exported ? { redis: pods(REDIS_JOB, REDIS_EXPORTER) } : {}),
    ...(poolers > 0 ? { pooler: pods(POOLER_JOB, { "cnpg.io/poolerName": POOLER, "cnpg.io/podRole": "pooler" }) } : {}),
  };
}
