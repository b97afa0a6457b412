import type pg from "pg";
import { type Connection, withClient } from "../database/connection.ts";
import { READ_ONLY, splitSetting } from "../database/identity.ts";
import { commentOf, type Origin, originOf } from "../database/origin.ts";
import { identifier, literal } from "../database/sql.ts";
import { NOT_SYSTEM } from "../database/tables.ts";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";

/** Replication slot that retains WAL while replicas join. */
const SLOT = "acci_restore";
const HELD = "SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = $1";
const RELEASE = `
  SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots WHERE slot_name = $1 AND (wal_status = 'lost' OR $2 <=
    (SELECT count(*) FROM pg_catalog.pg_replication_slots WHERE slot_type = 'physical' AND active AND NOT temporary))`;

/** CHECKPOINT keeps running after the statement is canceled, so we do not wait. */
const REQUESTED_MS = 100;
const QUERY_CANCELED = "57014";
const INSUFFICIENT_PRIVILEGE = "42501";

/** A third of the time after which an archive counts as stopped. */
const MARK_MS = 300_000;
const MARK = "SELECT pg_catalog.pg_logical_emit_message(true, 'acci', 'alive')";

/** The live database of the site and those beside it, as seen by the restore role from the database `postgres`. */
export class SiteDatabase {
  readonly live: Connection;
  /** The database `postgres` of the same server. */
  readonly server: Connection;
  #marked = 0;

  constructor(live: Connection) {
    this.live = live;
    this.server = { ...live, database: "postgres" };
  }

  beside(name: string): Connection {
    return { ...this.live, database: name };
  }

  /** Name of the database that a restore in that epoch replaced. */
  keptName(epoch: number): string {
    return `${this.live.database}_before_${epoch}`;
  }

  /** Name of a restored database that was taken out of service again. */
  undoneName(epoch: number): string {
    return `${this.live.database}_undone_${epoch}`;
  }

  async exists(name: string): Promise<boolean> {
    const { rowCount } = await withClient(this.server, (client) =>
      client.query("SELECT FROM pg_catalog.pg_database WHERE datname = $1", [name]),
    );
    return rowCount === 1;
  }

  /** The dump that the live database was restored from; undefined when it was not restored. */
  async origin(): Promise<Origin | undefined> {
    const { rows } = await withClient(this.server, (client) =>
      client.query<{ comment: string | null }>(
        "SELECT pg_catalog.shobj_description(oid, 'pg_database') AS comment FROM pg_catalog.pg_database WHERE datname = $1",
        [this.live.database],
      ),
    );
    return originOf(rows[0]?.comment ?? null);
  }

  /** Names of the application's tables that hold rows, in the live database or another. */
  async filledTables(of = this.live.database): Promise<string[]> {
    return withClient(this.beside(of), async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name FROM pg_catalog.pg_class c
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'r' AND ${NOT_SYSTEM} AND c.relname <> '_sqlx_migrations' ORDER BY 1`,
      );
      const filled: string[] = [];
      for (const { name } of rows) {
        // A table that this role may not read counts as filled, because it may hold rows.
        const { rowCount } = await client.query(`SELECT FROM ${name} LIMIT 1`).catch((error: { code?: string }) => {
          if (error.code === INSUFFICIENT_PRIVILEGE) return { rowCount: 1 };
          throw error;
        });
        if (rowCount) filled.push(name);
      }
      return filled;
    });
  }

  async drop(name: string): Promise<void> {
    await this.#query(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
  }

  async remember(name: string, origin: Origin): Promise<void> {
    await this.#query(`COMMENT ON DATABASE ${identifier(name)} IS ${literal(commentOf(origin))}`);
  }

  /** Throws when the new database could not take the place of the live one, before it is too late to refuse. */
  async requireSwappable(keptAs: string): Promise<void> {
    if (await this.exists(keptAs))
      throw new BackupError(
        "refused",
        `database ${keptAs}: must not exist, got the one that the restore before replaced; look at it, then drop it with \`make database-drop-replaced\``,
      );
    const { rows } = await withClient(this.server, (client) =>
      client.query<{ usename: string; application_name: string }>(
        "SELECT usename, application_name FROM pg_catalog.pg_stat_activity JOIN pg_catalog.pg_user USING (usename) WHERE datname = $1 AND usesuper",
        [this.live.database],
      ),
    );
    if (rows.length > 0) throw inUse(this.live.database, rows);
  }

  /** Renames a database into the place of the live one, in one transaction; returns the name under which the old one is kept. */
  async swap(name: string, keptAs: string): Promise<void> {
    const live = this.live.database;
    await withClient(this.server, async (client) => {
      await client.query(`ALTER DATABASE ${identifier(live)} ALLOW_CONNECTIONS false`);
      try {
        for (const database of [live, name]) await disconnect(client, database);
        await client.query("BEGIN");
        await client.query(`ALTER DATABASE ${identifier(live)} RENAME TO ${identifier(keptAs)}`);
        await client.query(`ALTER DATABASE ${identifier(name)} RENAME TO ${identifier(live)}`);
        await client.query("COMMIT");
      } finally {
        await client.query("ROLLBACK");
        // The database has one of the two names and stays usable.
        const { rows } = await client.query<{ datname: string }>(
          "SELECT datname FROM pg_catalog.pg_database WHERE datname = ANY($1) AND NOT datallowconn",
          [[live, keptAs]],
        );
        for (const { datname } of rows)
          await client.query(`ALTER DATABASE ${identifier(datname)} ALLOW_CONNECTIONS true`);
      }
    });
  }

  /**
   * Retains WAL from now on. A replica that joins during a restore needs all of it until it streams, and the server would recycle it
   * before; then commits wait for a replica that never comes.
   */
  async retainWal(): Promise<void> {
    await withClient(this.server, async (client) => {
      const { rowCount } = await client.query(HELD, [SLOT]);
      if (rowCount === 0) await client.query("SELECT pg_catalog.pg_create_physical_replication_slot($1, true)", [SLOT]);
    });
  }

  /**
   * Releases the retained WAL once that many replicas stream, or when the server had to invalidate the slot; otherwise it would fill the
   * disk.
   */
  async releaseWal(replicas: number): Promise<void> {
    await withClient(this.server, (client) => client.query(RELEASE, [SLOT, replicas]));
  }

  /**
   * Requests a checkpoint without waiting for it. A joining replica copies nothing before the next checkpoint, and its own request is
   * spread over minutes when much was written.
   */
  async requestCheckpoint(): Promise<void> {
    await withClient(this.server, async (client) => {
      await client.query(`SET statement_timeout = ${REQUESTED_MS}`);
      await client.query("CHECKPOINT").catch((error: Error & { code?: string }) => {
        if (error.code !== QUERY_CANCELED) say(`no checkpoint, so replicas may join late: ${error.message}`);
      });
    });
  }

  /**
   * Writes a mark into the WAL if none was written for some minutes. An idle database fills no segment, and its archive would look like one
   * that has stopped.
   */
  async markWal(): Promise<void> {
    if (Date.now() - this.#marked < MARK_MS) return;
    // The commit does not wait for a replica: it holds nothing.
    await withClient({ ...this.server, commits: "local" }, (client) => client.query(MARK));
    this.#marked = Date.now();
  }

  /** Makes every new session read-only, and ends the present ones. */
  async demote(): Promise<void> {
    await this.#query(`ALTER DATABASE ${identifier(this.live.database)} SET ${READ_ONLY} = on`);
    await withClient(this.server, (client) => disconnect(client, this.live.database));
  }

  async promote(): Promise<void> {
    await this.#query(`ALTER DATABASE ${identifier(this.live.database)} RESET ${READ_ONLY}`);
    await withClient(this.server, (client) => disconnect(client, this.live.database));
  }

  async isDemoted(): Promise<boolean> {
    return (await this.#settings(this.live.database))[READ_ONLY] === "on";
  }

  async #settings(database: string): Promise<Record<string, string>> {
    const { rows } = await withClient(this.server, (client) =>
      client.query<{ setting: string }>(
        `SELECT v AS setting FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase,
         pg_catalog.unnest(s.setconfig) v WHERE d.datname = $1 AND s.setrole = 0`,
        [database],
      ),
    );
    return Object.fromEntries(rows.map(({ setting }) => splitSetting(setting)));
  }

  async #query(statement: string): Promise<void> {
    await withClient(this.server, (client) => client.query(statement));
  }
}

/** Ends every session of a database and waits until they are gone. Sessions of superusers may not be ended by this role, and are named. */
async function disconnect(client: pg.Client, database: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const { rows } = await client.query<{ usename: string; application_name: string; ended: boolean }>(
      `SELECT usename, application_name, CASE WHEN usesuper THEN false ELSE pg_catalog.pg_terminate_backend(pid) END AS ended
       FROM pg_catalog.pg_stat_activity JOIN pg_catalog.pg_user USING (usename)
       WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid()`,
      [database],
    );
    if (rows.length === 0) return;
    if (Date.now() > deadline) throw inUse(database, rows);
    await new Promise((next) => setTimeout(next, 100));
  }
}

const inUse = (database: string, sessions: readonly { usename: string; application_name: string }[]) =>
  new BackupError(
    "refused",
    `database ${database}: must have no sessions, got ${sessions.map((row) => `${row.usename} (${row.application_name})`).join(", ")}; end them and run it again`,
  );
