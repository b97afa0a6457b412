import pg from "pg";
import { connect, type Connection } from "../database/connection.ts";
import { type Lockable, lockablesOf, qualified } from "../database/tables.ts";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";

/** A snapshot of the database that several sessions of one server share. */
export interface Moment {
  /** Name of the exported snapshot. */
  readonly name: string;
  /** Time of the snapshot, by the database's clock. */
  readonly at: Date;
  /** Session that holds the snapshot and the locks, which end with it. */
  readonly leader: pg.Client;
}

/** Limit of the difference between the clocks. Beyond it, ages and retention would be wrong. */
const SKEW_LIMIT_MS = 5 * 60_000;
/** Limit of attempts. One is repeated only if a table was created or dropped in the few milliseconds between listing and locking. */
const ATTEMPTS = 10;
/** Tables that one statement locks. */
const BATCH = 500;

/**
 * Takes a snapshot that lasts as long as the work, of tables that no session changes meanwhile. The tables are locked before the snapshot
 * is taken: otherwise a table that is truncated or rewritten in between would show no rows in the snapshot, although it had some at every
 * moment (https://www.postgresql.org/docs/15/mvcc-caveats.html).
 */
export async function withMoment<T>(server: Connection, work: (moment: Moment) => Promise<T>): Promise<T> {
  const leader = await connect(server);
  let broken: Error | undefined;
  // The first error is kept: the server sends the reason before the connection breaks.
  leader.on("error", (error) => (broken ??= error));
  try {
    const result = await work(await begin(leader));
    // Fails if the session has ended before, because its locks have then ended as well, and later reads may be of another moment.
    await leader.query("COMMIT");
    return result;
  } catch (error) {
    throw broken ?? error;
  } finally {
    await leader.end().catch(() => {});
  }
}

async function begin(leader: pg.Client): Promise<Moment> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const expected = await lockablesOf(leader);
    await leader.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const changed = await lockAll(leader, expected);
    if (changed === undefined) {
      const moment = await take(leader);
      const missed = firstDifference(expected, await lockablesOf(leader));
      if (missed === undefined) return moment;
      say(`${missed} was made, renamed or dropped while the dump began; it begins anew`);
    } else say(`${changed}; the dump begins anew`);
    await leader.query("ROLLBACK");
  }
  throw new BackupError(
    "database",
    `tables: must stay the same for a moment, got others at each of ${ATTEMPTS} attempts; run it again when fewer are made and dropped`,
  );
}

async function take(leader: pg.Client): Promise<Moment> {
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
  return { name, at, leader };
}

/**
 * Locks the tables against being dropped, truncated or rewritten, without taking a snapshot. Returns what has changed meanwhile, if
 * anything.
 */
async function lockAll(leader: pg.Client, tables: readonly Lockable[]): Promise<string | undefined> {
  for (let from = 0; from < tables.length; from += BATCH) {
    const batch = tables.slice(from, from + BATCH);
    const names = batch.map((table) => `ONLY ${qualified(table)}`).join(", ");
    try {
      await leader.query(`LOCK TABLE ${names} IN ACCESS SHARE MODE`);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      // Undefined table, undefined schema, or no table any more.
      if (["42P01", "3F000", "42809"].includes(error.code ?? "")) return error.message;
      if (error.code === "42501") throw unreadable(error);
      if (error.code === "55P03") throw await lockedByAnother(leader, batch, error);
      throw error;
    }
  }
  return undefined;
}

const unreadable = (error: Error) =>
  new BackupError(
    "refused",
    `database: must be readable as a whole by the role that dumps, got ${error.message}; grant it pg_read_all_data and BYPASSRLS`,
    { cause: error },
  );

async function lockedByAnother(leader: pg.Client, batch: readonly Lockable[], cause: Error): Promise<BackupError> {
  await leader.query("ROLLBACK");
  const held: string[] = [];
  for (const table of batch)
    await leader
      .query(`BEGIN; LOCK TABLE ONLY ${qualified(table)} IN ACCESS SHARE MODE NOWAIT; ROLLBACK`)
      .catch(async () => {
        held.push(qualified(table));
        await leader.query("ROLLBACK");
      });
  return new BackupError(
    "database",
    `table ${held.join(", ") || qualified(batch[0]!)}: must be readable for the dump, got ${cause.message} after a minute; ` +
      "let the session that locks it end, such as a migration, and run it again",
    { cause },
  );
}

function firstDifference(expected: readonly Lockable[], found: readonly Lockable[]): string | undefined {
  const textOf = (table: Lockable) => `${table.oid} ${qualified(table)}`;
  const [before, after] = [new Set(expected.map(textOf)), new Set(found.map(textOf))];
  const other = [
    ...expected.filter((table) => !after.has(textOf(table))),
    ...found.filter((table) => !before.has(textOf(table))),
  ];
  return other[0] && `table ${qualified(other[0])}`;
}

/** Opens another session of the same server on the same snapshot. */
export async function join(server: Connection, { name }: Moment): Promise<pg.Client> {
  const client = await connect(server);
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    // The name needs no quoting: the server makes it, of digits and hyphens.
    await client.query(`SET TRANSACTION SNAPSHOT '${name}'`).catch((error: Error) => {
      throw new BackupError(
        "database",
        `database: must be the same server for every session of a dump, got ${error.message}; look whether it was switched over, and run it again`,
        { cause: error },
      );
    });
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}
