import { parseMemory } from "../../kubernetes/quantity.ts";

export interface PostgresSizing {
  readonly memoryLimit: string;
  readonly storage: string;
  readonly maxConnections: number;
}

/** What the server log records of connections and changes. */
export type Audit = "off" | "connections" | "pgaudit";

interface PostgresUse {
  /** Longest time for which WAL waits to be archived, in seconds. @default - there is no archive */
  readonly archiveTimeout?: number | undefined;
  /** @default "off" */
  readonly audit?: Audit;
  /** @default 0 */
  readonly replicas?: number;
  /** Extensions that only a superuser may create. @default - none */
  readonly extensions?: readonly string[];
}

/**
 * Server parameters that follow from the memory the instance may use. A quarter goes to shared buffers, a quarter is shared out to
 * the connections' sorts and hashes, so that a full house stays under the limit; the page cache has the rest.
 */
export function postgresParameters(
  { memoryLimit, maxConnections, storage }: PostgresSizing,
  { archiveTimeout, audit = "off", extensions = [], replicas = 0 }: PostgresUse = {},
): Record<string, string> {
  const memoryMiB = parseMemory(memoryLimit);
  return {
    max_connections: String(maxConnections),
    max_locks_per_transaction: String(Math.max(DEFAULT_LOCKS, Math.ceil(LOCKS / maxConnections))),
    shared_buffers: megabytes(memoryMiB / 4),
    effective_cache_size: megabytes((memoryMiB * 3) / 4),
    work_mem: `${Math.max(1024, Math.floor((memoryMiB * 1024) / 4 / maxConnections))}kB`,
    maintenance_work_mem: megabytes(Math.min(Math.max(memoryMiB / 16, 32), 1024)),
    password_encryption: "scram-sha-256",
    // The planner's default of 4 describes a spinning disk.
    random_page_cost: "1.1",
    log_min_duration_statement: "1000",
    // A session left idle inside a transaction holds back vacuum for everybody.
    idle_in_transaction_session_timeout: "60000",
    // A replication slot whose replica is gone would retain WAL until the disk is full.
    max_slot_wal_keep_size: megabytes(Math.max(parseMemory(storage) / 5, 1024)),
    // A replica that lost its primary tries the new one at once instead of after five seconds; commits wait for it.
    wal_retrieve_retry_interval: "500ms",
    // What a lost site loses, besides the time that a segment takes to the archive.
    ...(archiveTimeout === undefined ? {} : { archive_timeout: `${archiveTimeout}s` }),
    // Without feedback vacuum removes rows that a dump on a replica still reads, and the replica then cancels the dump.
    ...(replicas > 0 ? { hot_standby_feedback: "on" } : {}),
    ...auditParameters[audit],
    // The operator drops this extension wherever no parameter of its is set.
    ...(extensions.includes("pg_stat_statements") ? { "pg_stat_statements.track": "top" } : {}),
  };
}

/**
 * Entries of the lock table that all connections share. A dump locks each table twice, and 10,000 tables must fit beside the other
 * sessions.
 */
const LOCKS = 24_000;
const DEFAULT_LOCKS = 64;

const connections = { log_connections: "on", log_disconnections: "on" };

const auditParameters: Record<Audit, Record<string, string>> = {
  off: {},
  connections,
  pgaudit: {
    ...connections,
    // Changes of roles and of the schema. Never log_statement as well: unlike pgaudit it would show the password of a new role.
    "pgaudit.log": "role, ddl",
    "pgaudit.log_catalog": "off",
    "pgaudit.log_parameter": "off",
    "pgaudit.log_relation": "on",
  },
};

const megabytes = (mib: number): string => `${Math.max(1, Math.floor(mib))}MB`;

/** With a replica to spare a commit always waits for one; with a single replica its loss must not stop the primary. */
export const synchronous = (instances: number) => ({
  method: "any",
  number: 1,
  dataDurability: instances > 2 ? "required" : "preferred",
});
