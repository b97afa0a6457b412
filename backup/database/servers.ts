import { say } from "../progress.ts";
import { type Connection, withClient } from "./connection.ts";

/** A replica further behind than four segments of the log would be a dump of the past. */
const BEHIND_LIMIT = 64 * 2 ** 20;

/** As the primary sees them; those that only receive a backup of the database stream as well, but have no database yet. */
const REPLICAS = `
  SELECT application_name AS name, pg_catalog.host(client_addr) AS address,
    pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), replay_lsn)::float8 AS behind
  FROM pg_catalog.pg_stat_replication WHERE state = 'streaming' AND client_addr IS NOT NULL AND replay_lsn IS NOT NULL ORDER BY behind`;

const SELF =
  "SELECT pg_catalog.pg_is_in_recovery() AS replica, pg_catalog.host(pg_catalog.inet_server_addr()) AS address";

/** Where to read a whole database from. */
export interface Reader {
  /** Leads to one server, whatever happens: sessions that share a snapshot must meet there. */
  readonly server: Connection;
  /** For people. */
  readonly name: string;
  readonly replica: boolean;
}

/** The servers that a dump may read, the best first: the replica that is least behind, and then the primary, which the connection leads to. */
export async function readersOf(connection: Connection): Promise<Reader[]> {
  const { replicas, self } = await withClient(connection, async (client) => {
    const [self] = (await client.query<{ replica: boolean; address: string | null }>(SELF)).rows;
    const found = self!.replica ? [] : (await client.query<Replica>(REPLICAS)).rows;
    return { self: self!, replicas: found };
  });
  const primary = {
    server: await reachable(connection, self.address),
    name: self.replica ? "the replica it was led to" : "the primary",
    replica: self.replica,
  };
  const best = await firstReadable(connection, replicas);
  return best ? [best, primary] : [primary];
}

interface Replica {
  readonly name: string;
  readonly address: string;
  readonly behind: number;
}

async function firstReadable(connection: Connection, replicas: readonly Replica[]): Promise<Reader | undefined> {
  for (const { address, behind, name } of replicas) {
    if (behind > BEHIND_LIMIT) {
      say(`replica ${name} is not read: it is ${Math.round(behind / 2 ** 20)} MiB behind`);
      continue;
    }
    const server = { ...connection, address };
    try {
      await withClient(server, (client) => client.query("SELECT"));
      return { server, name: `replica ${name}`, replica: true };
    } catch (error) {
      say(`replica ${name} is not read: ${(error as Error).message}`);
    }
  }
  return undefined;
}

/** By its address where that leads to it from here, which a server behind another network's door does not. */
async function reachable(connection: Connection, address: string | null): Promise<Connection> {
  if (address === null || connection.host.startsWith("/")) return connection;
  const server = { ...connection, address };
  try {
    await withClient(server, (client) => client.query("SELECT"));
    return server;
  } catch {
    return connection;
  }
}
