import { parseMemory } from "./quantity";

export interface PostgresSizing {
  readonly memoryLimit: string;
  readonly maxConnections: number;
}

/**
 * Server parameters that follow from the memory the instance may use. A quarter goes to shared buffers, a quarter is shared out to
 * the connections' sorts and hashes, so that a full house stays under the limit; the page cache has the rest.
 */
export function postgresParameters({ memoryLimit, maxConnections }: PostgresSizing): Record<string, string> {
  const memoryMiB = parseMemory(memoryLimit);
  return {
    max_connections: String(maxConnections),
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
  };
}

const megabytes = (mib: number): string => `${Math.max(1, Math.floor(mib))}MB`;
