import path from "node:path";
import { type Connection, withClient } from "../database/connection.ts";
import { inWordsOf } from "../database/icu-locale.ts";
import { compareIdentity, identityOf } from "../database/identity.ts";
import { identifier } from "../database/sql.ts";
import { definitionsOf } from "../definitions/compare.ts";
import { readDefinitions } from "../definitions/read.ts";
import { compareSchema, type Normal } from "./compare.ts";
import { configure, createFor } from "./database.ts";
import { load, loadDefinitions } from "./load.ts";
import type { OpenDump } from "./open.ts";

/** Restores a dump as a new database, in a recovery and in a verification alike. `server` connects as the role that restores. */
export async function bringBack(server: Connection, name: string, dump: OpenDump): Promise<Connection> {
  const target = await createFor(dump.manifest, server, name);
  await load(target, dump);
  return target;
}

/** Differences between a dump and its restored database, except in rows and in the database's own settings. */
export const differencesIn = (server: Connection, target: Connection, dump: OpenDump): Promise<string[]> =>
  compareSchema(target, dump, () => definitionsAgain(server, `${target.database}_again`, dump));

/** Applies the dump's settings and grants to a restored database, and returns how they differ from the dump's. */
export async function settle(server: Connection, target: Connection, { manifest }: OpenDump): Promise<string[]> {
  await configure(server, target.database, manifest.database);
  const expected = await withClient(server, (client) => inWordsOf(client, manifest.database));
  return compareIdentity(expected, await withClient(target, identityOf));
}

/** Definitions of a dump after a second restore, into a database `name` that is dropped afterwards. */
export async function definitionsAgain(server: Connection, name: string, dump: OpenDump): ReturnType<Normal> {
  const again = await createFor(dump.manifest, server, name);
  try {
    await loadDefinitions(again, dump, "before");
    await loadDefinitions(again, dump, "after");
    return definitionsOf((await readDefinitions(again, path.join(dump.folder, "again"))).entries);
  } finally {
    await withClient(server, (client) => client.query(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`));
  }
}
