import { PG, POOLER } from "./selectors.ts";
import { type Dashboard, query } from "./spec.ts";

const rate = (metric: string) => `rate(${metric}{${PG}}[$__rate_interval])`;

export const database: Dashboard = {
  name: "database",
  title: "ACCI / Database and pooler",
  description: "PostgreSQL and PgBouncer of a site, by CloudNativePG's metrics.",
  rows: [
    {
      title: "Now",
      panels: [
        {
          title: "Instances",
          description: "Instances that answer, the primary among them.",
          unit: "short",
          kind: "stat",
          queries: [query(`count(cnpg_collector_up{${PG}} == 1) or vector(0)`, "instances")],
          alert: "AcciPostgresInstancesMissing",
        },
        {
          title: "Streaming replicas",
          description: "Replicas that the primary sends its WAL to.",
          unit: "short",
          kind: "stat",
          queries: [query(`max(cnpg_pg_replication_streaming_replicas{${PG}})`, "replicas")],
          alert: "AcciPostgresReplicaBroken",
        },
        {
          title: "Connections",
          description: "Used connections of the fullest instance, as a part of max_connections.",
          unit: "percentunit",
          kind: "stat",
          thresholds: [0.8, 0.9],
          queries: [
            query(
              `max(sum by (pod) (cnpg_backends_total{${PG}}) / max by (pod) (cnpg_pg_settings_setting{${PG},name="max_connections"}))`,
              "connections",
            ),
          ],
          alert: "AcciPostgresConnections",
        },
        {
          title: "Volume",
          description:
            "Used part of the fullest volume. Without the kubelet's metrics it is computed from the databases and the WAL.",
          unit: "percentunit",
          kind: "stat",
          thresholds: [0.75, 0.9],
          queries: [query('max(acci_site:postgres_disk_used:ratio{namespace="$namespace"})', "used")],
          alert: "AcciPostgresDisk",
        },
        {
          title: "Replication lag",
          description: "Of the replica that is furthest behind.",
          unit: "s",
          kind: "stat",
          thresholds: [30, 300],
          queries: [query(`max(cnpg_pg_replication_lag{${PG}})`, "lag")],
          alert: "AcciPostgresReplicationLag",
        },
        {
          title: "Transaction IDs",
          description: "Age of the oldest. Near 2.1 billion PostgreSQL refuses to write.",
          unit: "short",
          kind: "stat",
          thresholds: [3e8, 1e9],
          queries: [query(`max(cnpg_pg_database_xid_age{${PG}})`, "age")],
          alert: "AcciPostgresTransactionIds",
        },
      ],
    },
    {
      title: "Load",
      panels: [
        {
          title: "Transactions",
          description: "Transactions a second of all databases, by their end.",
          unit: "ops",
          queries: [
            query(`sum(${rate("cnpg_pg_stat_database_xact_commit")})`, "committed"),
            query(`sum(${rate("cnpg_pg_stat_database_xact_rollback")})`, "rolled back"),
          ],
        },
        {
          title: "Connections by state",
          description: "Many idle in transaction means that clients forget to end theirs.",
          unit: "short",
          stacked: true,
          queries: [query(`sum by (state) (cnpg_backends_total{${PG}})`, "{{state}}")],
          alert: "AcciPostgresConnections",
        },
        {
          title: "Longest transaction",
          description: "By user. A dump holds one for as long as it lasts.",
          unit: "s",
          queries: [query(`max by (usename) (cnpg_backends_max_tx_duration_seconds{${PG}})`, "{{usename}}")],
          thresholds: [900, 3600],
          alert: "AcciPostgresLongTransaction",
        },
        {
          title: "Waiting for locks",
          description: "Connections that wait for a lock that another holds.",
          unit: "short",
          queries: [query(`max by (pod) (cnpg_backends_waiting_total{${PG}})`, "{{pod}}")],
          alert: "AcciPostgresWaiting",
        },
        {
          title: "Rows",
          description: "Rows a second that statements read or changed.",
          unit: "ops",
          queries: [
            query(`sum(${rate("cnpg_pg_stat_database_tup_fetched")})`, "fetched"),
            query(`sum(${rate("cnpg_pg_stat_database_tup_inserted")})`, "inserted"),
            query(`sum(${rate("cnpg_pg_stat_database_tup_updated")})`, "updated"),
            query(`sum(${rate("cnpg_pg_stat_database_tup_deleted")})`, "deleted"),
          ],
        },
        {
          title: "Blocks found in memory",
          description:
            "Part of the blocks that were in shared buffers. Lower means that the disk decides how fast queries are.",
          unit: "percentunit",
          queries: [
            query(
              `sum(${rate("cnpg_pg_stat_database_blks_hit")}) / (sum(${rate("cnpg_pg_stat_database_blks_hit")}) + sum(${rate("cnpg_pg_stat_database_blks_read")}))`,
              "in memory",
            ),
          ],
        },
        {
          title: "Deadlocks and conflicts",
          description: "Transactions a second that were ended for another's sake.",
          unit: "ops",
          queries: [
            query(`sum(${rate("cnpg_pg_stat_database_deadlocks")})`, "deadlocks"),
            query(`sum(${rate("cnpg_pg_stat_database_conflicts")})`, "conflicts"),
          ],
        },
        {
          title: "Temporary files",
          description: "Bytes a second that queries wrote because work_mem was too small.",
          unit: "Bps",
          queries: [query(`sum by (datname) (${rate("cnpg_pg_stat_database_temp_bytes")})`, "{{datname}}")],
        },
        {
          title: "Sizes",
          description: "Of each database, on the primary.",
          unit: "bytes",
          stacked: true,
          queries: [query(`max by (datname) (cnpg_pg_database_size_bytes{${PG}})`, "{{datname}}")],
          alert: "AcciPostgresDisk",
        },
      ],
    },
    {
      title: "Replication and WAL",
      panels: [
        {
          title: "Lag",
          description: "Seconds that each replica is behind.",
          unit: "s",
          queries: [query(`cnpg_pg_replication_lag{${PG}}`, "{{pod}}")],
          thresholds: [30, 300],
          alert: "AcciPostgresReplicationLag",
        },
        {
          title: "WAL on the volume",
          description: "Grows when it is not archived, or a replication slot has no reader.",
          unit: "bytes",
          queries: [query(`cnpg_collector_pg_wal{${PG},value="size"}`, "{{pod}}")],
          alert: "AcciPostgresSlotUnused",
        },
        {
          title: "Used part of the volumes",
          description: "Of each volume. At 100 % PostgreSQL stops.",
          unit: "percentunit",
          queries: [query('acci_site:postgres_disk_used:ratio{namespace="$namespace"}', "{{persistentvolumeclaim}}")],
          thresholds: [0.75, 0.9],
          alert: "AcciPostgresDisk",
        },
      ],
    },
    {
      title: "Pooler",
      panels: [
        {
          title: "Clients",
          description: "Clients of PgBouncer, with a connection and waiting for one.",
          unit: "short",
          stacked: true,
          queries: [
            query(`sum(cnpg_pgbouncer_pools_cl_active{${POOLER}})`, "served"),
            query(`sum(cnpg_pgbouncer_pools_cl_waiting{${POOLER}})`, "waiting"),
          ],
          alert: "AcciPoolerWaiting",
        },
        {
          title: "Longest wait",
          description: "Of the client that has waited longest, by pod.",
          unit: "s",
          queries: [query(`max by (pod) (cnpg_pgbouncer_pools_maxwait{${POOLER}})`, "{{pod}}")],
          thresholds: [1, 5],
          alert: "AcciPoolerWaiting",
        },
        {
          title: "Connections to the database",
          description: "Connections of PgBouncer, in use and idle.",
          unit: "short",
          stacked: true,
          queries: [
            query(`sum(cnpg_pgbouncer_pools_sv_active{${POOLER}})`, "in use"),
            query(`sum(cnpg_pgbouncer_pools_sv_idle{${POOLER}})`, "idle"),
          ],
        },
      ],
    },
  ],
};
