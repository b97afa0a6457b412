import { readFileSync } from "node:fs";
import { join } from "node:path";
import { siteRecords } from "../../components/observability/site-records.ts";
import { project } from "../../tooling/paths.ts";
import { OBJECTIVES } from "../objectives.ts";

const names = (text: string) => text.trim().split(/\s+/);

/** Of the default queries and collectors of CloudNativePG 1.28; the cluster's tests see that they are there. */
const POSTGRES = names(`
  cnpg_collector_up cnpg_collector_last_collection_error cnpg_last_error cnpg_collector_pg_wal cnpg_collector_pg_wal_archive_status
  cnpg_backends_total cnpg_backends_max_tx_duration_seconds cnpg_backends_waiting_total
  cnpg_pg_database_size_bytes cnpg_pg_database_xid_age cnpg_pg_settings_setting
  cnpg_pg_replication_lag cnpg_pg_replication_in_recovery cnpg_pg_replication_is_wal_receiver_up cnpg_pg_replication_streaming_replicas
  cnpg_pg_replication_slots_active cnpg_pg_replication_slots_pg_wal_lsn_diff
  cnpg_pg_stat_archiver_archived_count cnpg_pg_stat_archiver_failed_count cnpg_pg_stat_archiver_last_archived_time
  cnpg_pg_stat_archiver_last_failed_time cnpg_pg_stat_archiver_seconds_since_last_archival
  cnpg_pg_stat_database_xact_commit cnpg_pg_stat_database_xact_rollback cnpg_pg_stat_database_blks_hit cnpg_pg_stat_database_blks_read
  cnpg_pg_stat_database_tup_fetched cnpg_pg_stat_database_tup_inserted cnpg_pg_stat_database_tup_updated cnpg_pg_stat_database_tup_deleted
  cnpg_pg_stat_database_deadlocks cnpg_pg_stat_database_conflicts cnpg_pg_stat_database_temp_bytes
`);

/** Of the pooler, which prod has. */
export const POOLER = names(`
  cnpg_pgbouncer_last_collection_error cnpg_pgbouncer_pools_cl_active cnpg_pgbouncer_pools_cl_waiting cnpg_pgbouncer_pools_maxwait
  cnpg_pgbouncer_pools_sv_active cnpg_pgbouncer_pools_sv_idle
`);

/** Of the exporter of the cache, which prod has. */
export const CACHE = names(`
  redis_up redis_memory_used_bytes redis_memory_max_bytes redis_evicted_keys_total redis_expired_keys_total redis_connected_clients
  redis_rejected_connections_total redis_aof_last_write_status redis_aof_last_bgrewrite_status
`);

const PLUGIN = ["barman_cloud_cloudnative_pg_io_last_available_backup_timestamp"];

/** Of exporters that a cluster may have or not: the kubelet, kube-state-metrics, cert-manager. */
const CLUSTER = names(`
  container_cpu_usage_seconds_total container_memory_working_set_bytes kubelet_volume_stats_used_bytes kubelet_volume_stats_capacity_bytes
  kube_deployment_spec_replicas kube_deployment_status_replicas_updated kube_deployment_status_replicas_available
  kube_pod_container_status_restarts_total
  certmanager_certificate_expiration_timestamp_seconds certmanager_certificate_renewal_timestamp_seconds
  certmanager_certificate_ready_status
`);

/** For applications with logins; the reference application has none. */
const OPTIONAL = ["acci_failed_logins_total"];

/** The application's, from its source. */
function application(): string[] {
  const source = readFileSync(join(project, "app/src/metrics.rs"), "utf8");
  const found = [...source.matchAll(/"([a-z]+(?:_[a-z]+)+)"/g)].map(([, name]) => name!);
  // Counters get their ending from the encoder, a histogram becomes several series.
  return found.flatMap((name) => ["", "_total", "_bucket", "_count"].map((ending) => name + ending));
}

/** Of the agent that looks at the dumps, from its source. */
function backups(): string[] {
  const metrics = readFileSync(join(project, "backup/metrics.ts"), "utf8");
  const drills = readFileSync(join(project, "backup/drill/metrics.ts"), "utf8");
  const rollouts = readFileSync(join(project, "backup/rollout/metrics.ts"), "utf8");
  return [
    ...[...metrics.matchAll(/gauge\(\s*"(\w+)"/g)].map(([, name]) => `acci_backup_${name}`),
    ...[...(metrics + drills + rollouts).matchAll(/name: "(acci_\w+)"/g)].map(([, name]) => name!),
  ];
}

/** What the stack records. */
function recorded(): string[] {
  const amount = { cpu: "1", memory: "1Gi" };
  const site = siteRecords({
    namespace: "acci-prod",
    application: { limits: amount, replicas: 2, maxReplicas: 3 },
    postgres: { instances: 1, volume: "1Gi" },
    poolers: 1,
    exported: true,
    intervals: { backup: 86_400, offsite: 86_400, base_backup: 86_400 },
  });
  const groups = [...site.groups, ...OBJECTIVES.groups] as { rules: { record?: string }[] }[];
  return groups.flatMap(({ rules }) => rules.flatMap(({ record }) => record ?? []));
}

/** Every metric that something exports or records. */
export const knownMetrics = (): ReadonlySet<string> =>
  new Set([
    "up",
    ...POSTGRES,
    ...POOLER,
    ...CACHE,
    ...PLUGIN,
    ...CLUSTER,
    ...OPTIONAL,
    ...application(),
    ...backups(),
    ...recorded(),
  ]);
