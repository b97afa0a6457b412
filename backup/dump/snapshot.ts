import type pg from "pg";
import { connect, type Connection } from "../database/connection.ts";
import { BackupError } from "../errors.ts";

/** A moment of the database that several sessions read together. */
export interface Snapshot {
  readonly name: string;
  /** By the database's clock, when it was taken. */
  readonly at: Date;
  /** Holds it; ends the moment when it ends. */
  readonly leader: pg.Client;
}

/** A clock further off than this makes ages and retention lie. */
const SKEW_LIMIT_MS = 5 * 60_000;

/** Takes a snapshot that lasts as long as the work. */
export async function withSnapshot<T>(connection: Connection, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  const leader = await connect(connection);
  try {
    await leader.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const { rows } = await leader.query<{ name: string; at: Date }>(
      "SELECT pg_catalog.pg_export_snapshot() AS name, pg_catalog.clock_timestamp() AS at",
    );
    const [{ at, name }] = rows as [{ name: string; at: Date }];
    const skew = Math.abs(at.getTime() - Date.now());
    if (skew > SKEW_LIMIT_MS)
      throw new BackupError(
        "refused",
        `clock: must agree with the database's to ${SKEW_LIMIT_MS / 60_000} minutes, got ${Math.round(skew / 1000)} s apart; set the clocks of the nodes by NTP`,
      );
    return await work({ name, at, leader });
  } finally {
    await leader.end().catch(() => {});
  }
}

/** Another session at the same moment. */
export async function join(connection: Connection, { name }: Snapshot): Promise<pg.Client> {
  const client = await connect(connection);
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    // The name is the server's own: digits and hyphens.
    await client.query(`SET TRANSACTION SNAPSHOT '${name}'`);
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}
