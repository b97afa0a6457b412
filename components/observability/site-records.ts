import { parseCpu, parseMemory } from "../../kubernetes/quantity.ts";
import type { Amount } from "../../kubernetes/resources.ts";
import type { Rules } from "../alert-rules.ts";
import { POSTGRES_JOB } from "./monitors.ts";

/** What the stack allows a site: alerts compare what is used with it. */
export interface SiteLimits {
  readonly namespace: string;
  readonly application: {
    readonly limits: Amount;
    readonly replicas: number;
    /** @default - the number of pods is fixed */
    readonly maxReplicas?: number | undefined;
  };
  readonly postgres: { readonly instances: number; readonly volume: string };
  /** Pods of the pooler; 0 for none. */
  readonly poolers: number;
  /** Whether the cache has an exporter. */
  readonly exported: boolean;
  /** Longest time between two runs of each schedule, in seconds. @default - there is no such schedule */
  readonly intervals: { readonly [Schedule in Scheduled]?: number | undefined };
}

/** What a site makes by a schedule: dumps, copies in the second store, base backups of the WAL archive. */
type Scheduled = "backup" | "offsite" | "base_backup";

/**
 * Recording rules with the limits of one site, labelled with its namespace. The alerts join with them, so that they know the limits without
 * kube-state-metrics, and stay the same for every site of a Prometheus.
 */
export function siteRecords({ application, exported, intervals, namespace, poolers, postgres }: SiteLimits): Rules {
  const { limits, maxReplicas, replicas } = application;
  const labels = { namespace };
  const constants = {
    "application_cpu_limit:cores": parseCpu(limits.cpu) / 1000,
    "application_memory_limit:bytes": bytes(limits.memory),
    "application_replicas:min": replicas,
    ...(maxReplicas ? { "application_replicas:max": maxReplicas } : {}),
    "postgres_instances:count": postgres.instances,
    ...(poolers > 0 ? { "pooler_instances:count": poolers } : {}),
    ...(exported ? { "redis_instances:count": 1 } : {}),
  };
  return {
    groups: [
      {
        name: `acci-site-${namespace}`,
        rules: [
          ...Object.entries(constants).map(([name, value]) => ({
            record: `acci_site:${name}`,
            expr: `vector(${value})`,
            labels,
          })),
          ...intervalRecords(namespace, intervals),
          { record: "acci_site:postgres_disk_used:ratio", expr: diskUsed(namespace, bytes(postgres.volume)), labels },
        ],
      },
    ],
  };
}

/** The alerts on age join with them, so that they follow the schedules. Metrics of dumps name their site by the label `site`. */
const intervalRecords = (namespace: string, intervals: SiteLimits["intervals"]) =>
  Object.entries(intervals).flatMap(([schedule, seconds]) =>
    seconds === undefined
      ? []
      : [
          {
            record: `acci_site:${schedule}_interval:seconds`,
            expr: `vector(${seconds})`,
            labels: { namespace, site: namespace },
          },
        ],
  );

const bytes = (quantity: string) => parseMemory(quantity) * 1024 ** 2;

/**
 * Used part of each volume of the database: by the kubelet's figures, or where those are not scraped, by the sizes of the databases and the
 * WAL against the configured size.
 */
function diskUsed(namespace: string, size: number): string {
  const claims = `{namespace="${namespace}",persistentvolumeclaim=~"postgres-[0-9]+(-wal)?"}`;
  const of = `job="${POSTGRES_JOB}",namespace="${namespace}"`;
  return [
    "max by (namespace, persistentvolumeclaim)",
    `(kubelet_volume_stats_used_bytes${claims} / kubelet_volume_stats_capacity_bytes${claims})`,
    "or on (namespace) max by (namespace, persistentvolumeclaim)",
    `(label_replace(sum by (namespace, pod) (cnpg_pg_database_size_bytes{${of}})`,
    `+ sum by (namespace, pod) (cnpg_collector_pg_wal{${of},value="size"}),`,
    `"persistentvolumeclaim", "$1", "pod", "(.+)")) / ${size}`,
  ].join(" ");
}
