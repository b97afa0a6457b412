import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type pg from "pg";
import { type Connection, withClient } from "../database/connection.ts";
import { extensionsOf } from "../database/extensions.ts";
import { type Identity, identityOf, majorOf } from "../database/identity.ts";
import { type LargeObject, largeObjectsOf, PAGES } from "../database/large-objects.ts";
import { populatedViewsOf } from "../database/materialized-views.ts";
import { neededRolesOf } from "../database/roles.ts";
import { sequencesOf } from "../database/sequences.ts";
import { type Reader, readersOf } from "../database/servers.ts";
import { withSessions } from "../database/sessions.ts";
import { qualified, type Table, tablesOf } from "../database/tables.ts";
import { type Definitions, readDefinitions } from "../definitions/read.ts";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import type { Store } from "../store/store.ts";
import { clientVersion } from "./client-version.ts";
import { copySourceOut } from "./copy-out.ts";
import type { DumpedTable, Manifest } from "./manifest.ts";
import { join, type Moment, withMoment } from "./moment.ts";
import { refuseLeftOut, refuseUnrestorable } from "./refuse.ts";
import { writeRows } from "./rows.ts";
import { changedKinds, schemaStateOf } from "./schema-state.ts";
import { write } from "./write.ts";

export interface DumpRequest {
  readonly id: string;
  readonly site: string;
  /** Sessions that read at the same time. Each costs the database one processor at most. */
  readonly parallelism: number;
  /** age public keys. Without any, the dump relies on the store's own encryption. */
  readonly recipients: readonly string[];
  readonly image?: string;
}

export const folderOf = (id: string) => `dumps/${id}`;

/**
 * Writes the whole database to the store as of one moment, and returns the manifest. The objects are visible as a dump only when the
 * catalogue names them. One server is read from beginning to end: a replica that keeps up, if there is one, and the primary if the replica
 * had to cancel the dump to keep up.
 */
export async function dump(connection: Connection, store: Store, request: DumpRequest): Promise<Manifest> {
  const readers = await readersOf(connection);
  for (const [i, reader] of readers.entries()) {
    say(`reading ${reader.name}${reader.replica || readers.length > 1 ? "" : ", as no replica can be read"}`);
    try {
      return await dumpFrom(reader, store, request);
    } catch (error) {
      if (i + 1 === readers.length || !isConflict(error as Error)) throw named(reader, error as Error);
      say(
        `${reader.name} had to end the dump to follow the primary, which is read instead: ${(error as Error).message}`,
      );
    }
  }
  throw new Error("a database has a primary");
}

/** Whether a replica canceled a query, because replaying a change of the primary had waited for that query long enough. */
const isConflict = ({ message }: Error) => /conflict with recovery/.test(message);

function named({ name, replica }: Reader, error: Error): Error {
  if (
    !replica ||
    error instanceof BackupError ||
    !/^Connection terminated|ECONNRESET|EPIPE|terminating connection/.test(error.message)
  )
    return error;
  return new BackupError("database", `${name}: went away in the middle of the dump, ${error.message}; run it again`, {
    cause: error,
  });
}

/** Limit of attempts. One is repeated only if the schema changed in the second or so that reading its definitions takes. */
const ATTEMPTS = 5;

async function dumpFrom({ server }: Reader, store: Store, request: DumpRequest): Promise<Manifest> {
  const startedAt = new Date();
  for (let attempt = 1; ; attempt++) {
    try {
      return await dumpOnce(server, store, request, startedAt);
    } catch (error) {
      if (!(error instanceof SchemaChanged) || attempt === ATTEMPTS) throw error;
      say(`${error.message}; the dump begins anew`);
    }
  }
}

async function dumpOnce(server: Connection, store: Store, request: DumpRequest, startedAt: Date): Promise<Manifest> {
  return withMoment(server, async (moment) => {
    await refuseLeftOut(moment.leader);
    const facts = await readFacts(moment, server);
    const archive = await withDefinitions(server, moment, async ({ entries, file }) => {
      await refuseUnrestorable(moment.leader, entries);
      return write(store, `${folderOf(request.id)}/archive`, createReadStream(file), request);
    });
    const written = await writeContent(server, store, request, moment, facts);
    const { database, extensions, populatedViews, roles, sequenceValues, tables } = facts;
    return {
      format: "acci-dump",
      version: 2,
      id: request.id,
      site: request.site,
      database,
      clientVersion: facts.clientVersion,
      startedAt: startedAt.toISOString(),
      snapshotAt: moment.at.toISOString(),
      finishedAt: new Date().toISOString(),
      recipients: [...request.recipients],
      ...(request.image ? { image: request.image } : {}),
      archive,
      ...written,
      unlogged: tables.filter(({ unlogged }) => unlogged).map(qualified),
      roles,
      extensions,
      sequenceValues,
      populatedViews,
    };
  });
}

async function readFacts({ leader }: Moment, server: Connection) {
  const database = await identityOf(leader);
  const client = await clientVersion();
  if (Number.parseInt(client, 10) < majorOf(database))
    throw new BackupError(
      "refused",
      `pg_dump ${client}: must be at least of the server's version, got ${database.serverVersion}; update the backup image`,
    );
  return {
    database,
    clientVersion: client,
    tables: await tablesOf(leader),
    sequenceValues: await withClient(server, sequencesOf),
    extensions: await extensionsOf(leader),
    populatedViews: await populatedViewsOf(leader),
    largeObjects: await largeObjectsOf(leader),
    roles: await neededRolesOf(leader),
  };
}

class SchemaChanged extends BackupError {}

/** Reads the definitions, all as of the moment, for the duration of the work. */
async function withDefinitions<T>(
  server: Connection,
  moment: Moment,
  work: (definitions: Definitions) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "dump-"));
  try {
    const before = await schemaStateOf(moment.leader);
    let failure: Error | undefined;
    const read = await readDefinitions(server, path.join(folder, "archive"), { snapshot: moment.name }).catch(
      (error: Error) => void (failure = error),
    );
    const changed = changedKinds(before, await withClient(server, schemaStateOf));
    if (changed.length > 0)
      throw new SchemaChanged(
        "database",
        `schema: must stay the same while its definitions are read, got other ${changed.join(", ")}; run it again after the migration`,
        { cause: failure },
      );
    if (failure && /due to (lock|statement) timeout/.test(failure.message))
      throw await changing(moment.leader, failure);
    if (!read) throw failure!;
    return await work(read);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const WAITED_FOR = `
  SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name FROM pg_catalog.pg_locks l
    JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT l.granted AND l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`;

/**
 * Names the tables that a session waits to change. While that session waits for the leader's lock, all later sessions wait behind it,
 * pg_dump included.
 */
async function changing(leader: pg.Client, cause: Error): Promise<SchemaChanged> {
  const { rows } = await leader.query<{ name: string }>(WAITED_FOR);
  const names = rows.map(({ name }) => name).join(", ") || "that was locked";
  return new SchemaChanged(
    "database",
    `table ${names}: must stay as it is while the dump begins, got a session that is about to change it; run it again after the migration`,
    { cause },
  );
}

/** Writes rows and large objects. */
async function writeContent(
  server: Connection,
  store: Store,
  { id, parallelism, recipients }: DumpRequest,
  moment: Moment,
  {
    database: { encoding },
    largeObjects,
    tables,
  }: { database: Identity; largeObjects: LargeObject[]; tables: Table[] },
): Promise<Pick<Manifest, "tables" | "bundles" | "largeObjects">> {
  const kept = tables.filter(({ unlogged }) => !unlogged);
  const folder = folderOf(id);
  const lanes = Math.max(1, Math.min(parallelism, kept.length));
  return withSessions(
    lanes,
    () => join(server, moment),
    async (sessions) => {
      const rows = { store, folder, recipients, encoding, leader: moment.leader, lanes: sessions };
      const written = await writeRows(rows, kept);
      if (largeObjects.length === 0) return written;
      const pages = await writePages(moment.leader, store, `${folder}/large-objects`, recipients, encoding);
      return { ...written, largeObjects: { objects: largeObjects, pages } };
    },
  );
}

async function writePages(
  session: pg.Client,
  store: Store,
  key: string,
  recipients: readonly string[],
  encoding: string,
): Promise<DumpedTable> {
  const { rows } = await session.query<{ size: number }>(
    "SELECT pg_catalog.pg_table_size('pg_catalog.pg_largeobject')::float8 AS size",
  );
  const source = copySourceOut(session, PAGES, encoding);
  const data = await write(store, key, source, { recipients, size: rows[0]!.size });
  const columns = ["loid", "pageno", "data"];
  return {
    schema: "pg_catalog",
    name: "pg_largeobject",
    columns,
    rows: source.rowCount,
    reach: "own",
    condition: "",
    data,
  };
}
