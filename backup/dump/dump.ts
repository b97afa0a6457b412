import type pg from "pg";
import type { Connection } from "../database/connection.ts";
import { identityOf, majorOf } from "../database/identity.ts";
import { rolesOf } from "../database/roles.ts";
import { schemaFacts } from "../database/schema-facts.ts";
import { withSessions } from "../database/sessions.ts";
import { sequencesOf } from "../database/sequences.ts";
import { qualified, tablesOf, type Table } from "../database/tables.ts";
import { BackupError } from "../errors.ts";
import { parallel } from "../parallel.ts";
import { Progress } from "../progress.ts";
import type { Store } from "../store/store.ts";
import { clientVersion, withArchive } from "./archive.ts";
import { copyOut } from "./copy-out.ts";
import type { DumpedTable, Manifest, Stored } from "./manifest.ts";
import { join, type Snapshot, withSnapshot } from "./snapshot.ts";
import { write } from "./write.ts";

export interface DumpRequest {
  readonly id: string;
  readonly site: string;
  /** Sessions that read at once, each costing the database one processor at most. */
  readonly jobs: number;
  /** age public keys. None: the store's own encryption is relied upon. */
  readonly recipients: readonly string[];
  readonly image?: string;
}

export const folderOf = (id: string) => `dumps/${id}`;

/**
 * Writes all of the database to the store as one moment shows it, the manifest last. Nothing of it is a dump yet: it becomes one when
 * the catalogue names it.
 */
export async function dump(connection: Connection, store: Store, request: DumpRequest): Promise<Manifest> {
  const startedAt = new Date();
  return withSnapshot(connection, async (snapshot) => {
    const facts = await readFacts(snapshot);
    const kept = facts.tables.filter(({ unlogged }) => !unlogged);
    const lanes = () => join(connection, snapshot);
    const { archive, tables } = await withSessions(Math.min(request.jobs, kept.length), lanes, async (sessions) => {
      for (const session of [snapshot.leader, ...sessions]) await lock(session, kept);
      return {
        archive: await writeArchive(connection, store, request, snapshot, facts.tables),
        tables: await writeTables(sessions, store, request, kept),
      };
    });
    return {
      format: "acci-dump",
      version: 1,
      id: request.id,
      site: request.site,
      database: facts.database,
      clientVersion: facts.clientVersion,
      startedAt: startedAt.toISOString(),
      snapshotAt: snapshot.at.toISOString(),
      finishedAt: new Date().toISOString(),
      recipients: [...request.recipients],
      ...(request.image ? { image: request.image } : {}),
      archive,
      tables,
      unlogged: facts.tables.filter(({ unlogged }) => unlogged).map(qualified),
      roles: facts.roles,
      facts: facts.schema,
      sequences: facts.sequences,
    };
  });
}

async function readFacts({ leader }: Snapshot) {
  const database = await identityOf(leader);
  const client = await clientVersion();
  if (Number.parseInt(client, 10) < majorOf(database))
    throw new BackupError(
      "refused",
      `pg_dump ${client}: must be at least of the server's version, got ${database.serverVersion}; update the backup image`,
    );
  await refuseLargeObjects(leader);
  const tables = await tablesOf(leader);
  // Before pg_dump reads them: a sequence in the archive is then never behind the manifest.
  const sequences = await sequencesOf(leader);
  return {
    database,
    clientVersion: client,
    tables,
    sequences,
    roles: await rolesOf(leader),
    schema: await schemaFacts(leader),
  };
}

async function refuseLargeObjects(leader: Snapshot["leader"]): Promise<void> {
  const { rows } = await leader.query<{ oid: string; count: string }>(
    "SELECT min(oid)::text AS oid, count(*)::text AS count FROM pg_catalog.pg_largeobject_metadata",
  );
  const [{ count, oid }] = rows as [{ oid: string; count: string }];
  if (count !== "0")
    throw new BackupError(
      "refused",
      `large objects: must not be used, got ${count}, the first with oid ${oid}; keep such data in bytea columns or in an object store`,
    );
}

/**
 * Until the dump has ended nobody may drop or rewrite what is in its list. Each session locks for itself: one that came to a table
 * later would wait behind whoever waits to drop it, who waits for the others.
 */
async function lock(session: pg.Client, tables: readonly Table[]): Promise<void> {
  for (const table of tables)
    await session.query(`LOCK TABLE ONLY ${qualified(table)} IN ACCESS SHARE MODE`).catch((error: Error) => {
      throw new BackupError(
        "database",
        `table ${qualified(table)}: must be readable for the dump, got ${error.message}; run it again`,
        {
          cause: error,
        },
      );
    });
}

function writeArchive(
  connection: Connection,
  store: Store,
  { id, recipients }: DumpRequest,
  snapshot: Snapshot,
  tables: readonly Table[],
): Promise<Stored> {
  return withArchive(connection, snapshot, tables, (archive) =>
    write(store, `${folderOf(id)}/archive`, archive, { recipients }),
  );
}

/** The largest first, so that no lane is left with one at the end. */
async function writeTables(
  sessions: readonly pg.Client[],
  store: Store,
  { id, jobs, recipients }: DumpRequest,
  tables: readonly Table[],
): Promise<DumpedTable[]> {
  const order = tables.map((table, i) => ({ table, i })).sort((a, b) => b.table.size - a.table.size);
  const progress = new Progress("dumped", {
    bytes: tables.reduce((sum, { size }) => sum + size, 0),
    items: tables.length,
  });
  const onBytes = (bytes: number) => progress.add(bytes);
  const dumped: DumpedTable[] = [];
  await parallel(order, jobs, async ({ i, table }, lane) => {
    const source = copyOut(sessions[lane]!, table);
    const key = `${folderOf(id)}/tables/${String(i + 1).padStart(5, "0")}`;
    const data = await write(store, key, source, { recipients, onBytes });
    progress.finished();
    const { schema, name, columns } = table;
    dumped[i] = { schema, name, columns: [...columns], rows: source.rowCount, data };
  });
  return dumped;
}
