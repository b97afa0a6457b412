import { say } from "../progress.ts";
import { type Connection, withClient } from "./connection.ts";

/** Limit of a replica's lag, four WAL segments: further behind, its dump would show the past. */
const BEHIND_LIMIT = 64 * 2 ** 20;

/** Streaming replicas, as the primary lists them. A base backup in progress streams as well, but replays nothing yet. */
const REPLICAS = `
  SELECT application_name AS name, pg_catalog.host(client_addr) AS address,
    pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), replay_lsn)::float8 AS behind
  FROM pg_catalog.pg_stat_replication WHERE state = 'streaming' AND client_addr IS NOT NULL AND replay_lsn IS NOT NULL ORDER BY behind`;

const SELF =
  "SELECT pg_catalog.pg_is_in_recovery() AS replica, pg_catalog.host(pg_catalog.inet_server_addr()) AS address";

/** A server that can be read for a dump. */
export interface Reader {
  /** Connection to exactly one server, because sessions that share a snapshot must meet there. */
  readonly server: Connection;
  /** Description, for messages. */
  readonly name: string;
  readonly replica: boolean;
}

/** Servers that a dump may read, best first: the replica that is least behind, then the primary, to which the connection leads. */
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

/** The connection with the server's address, if that can be reached from here; behind another network's gateway it cannot. */
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
