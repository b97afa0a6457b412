import pg from "pg";
import { type Connection, withClient } from "../database/connection.ts";
import { createDatabase } from "../database/create.ts";
import { extensionsOf } from "../database/extensions.ts";
import { READ_ONLY, type Identity, PUBLIC_DEFAULTS, splitSetting } from "../database/identity.ts";
import { isPassing } from "../database/passing.ts";
import { identifier, literal } from "../database/sql.ts";
import type { Manifest } from "../dump/manifest.ts";
import { BackupError } from "../errors.ts";

/**
 * Creates an empty database for a dump, to which only its owner may connect, and returns its connection. `server` connects to the database
 * `postgres` as the role that restores.
 */
export async function createFor(
  { database, extensions }: Pick<Manifest, "database" | "extensions">,
  server: Connection,
  name: string,
): Promise<Connection> {
  const template = await templateFor(server, extensions);
  await withClient(server, async (client) => {
    try {
      await createDatabase(client, name, { ...database, template });
    } catch (error) {
      throw unmakeable(database, template, error as Error);
    }
    await client.query(`REVOKE ALL ON DATABASE ${identifier(name)} FROM PUBLIC`);
  });
  return { ...server, database: name };
}

/** Template of the new database: template1 if it provides extensions of the dump, which only a superuser may create. */
async function templateFor(
  server: Connection,
  extensions: readonly { readonly name: string }[],
): Promise<"template0" | "template1"> {
  const there = await withClient({ ...server, database: "template1" }, extensionsOf);
  const provided = there.filter(({ name }) => name !== "plpgsql" && extensions.some((one) => one.name === name));
  return provided.length > 0 ? "template1" : "template0";
}

function unmakeable({ collate, encoding }: Identity, template: string, error: Error): Error {
  if (!(error instanceof pg.DatabaseError) || isPassing(error)) return error;
  const cure =
    template === "template1"
      ? "extensions that only a superuser makes come back in a database of template1's locale alone: drop them, or dump a database of that locale"
      : "use a database image that has its locale";
  return new BackupError(
    "unrestorable",
    `database of encoding ${encoding} and locale ${collate}: cannot be made by a recovery, got ${error.message}; ${cure}`,
    { cause: error },
  );
}

/** Gives a database the privileges, limits and settings of the dump, except the source site's read-only setting. */
export async function configure(
  server: Connection,
  name: string,
  { connectionLimit, grants, settings }: Pick<Identity, "connectionLimit" | "grants" | "settings">,
): Promise<void> {
  const database = identifier(name);
  await withClient(server, async (client) => {
    await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
    for (const { grantable, grantee, privilege } of grants ?? PUBLIC_DEFAULTS) {
      const to = grantee === "PUBLIC" ? "PUBLIC" : identifier(grantee);
      await client.query(`GRANT ${privilege} ON DATABASE ${database} TO ${to}${grantable ? " WITH GRANT OPTION" : ""}`);
    }
    await client.query(`ALTER DATABASE ${database} CONNECTION LIMIT ${connectionLimit}`);
    for (const { role, setting } of settings) {
      if (role === null && splitSetting(setting)[0] === READ_ONLY) continue;
      await set(client, database, role, setting);
    }
  });
}

/**
 * Settings that are lists, which the server stores as printed and not as one value (src/backend/utils/misc/guc_tables.c, GUC_LIST_QUOTE).
 */
const LISTS = new Set([
  ...["local_preload_libraries", "search_path", "session_preload_libraries"],
  ...["shared_preload_libraries", "temp_tablespaces", "unix_socket_directories"],
]);

async function set(client: pg.Client, database: string, role: string | null, setting: string): Promise<void> {
  const [key, value] = splitSetting(setting);
  const name = key.split(".").map(identifier).join(".");
  const whose = role === null ? `DATABASE ${database}` : `ROLE ${identifier(role)} IN DATABASE ${database}`;
  try {
    await client.query("BEGIN");
    if (LISTS.has(key)) await client.query("SELECT pg_catalog.set_config($1, $2, true)", [key, value]);
    // Runs as that role, because a role may set only its own settings.
    if (role !== null) await client.query(`SET LOCAL ROLE ${identifier(role)}`);
    await client.query(`ALTER ${whose} SET ${name} ${LISTS.has(key) ? "FROM CURRENT" : `TO ${literal(value)}`}`);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    if (!(error instanceof pg.DatabaseError) || isPassing(error)) throw error;
    throw new BackupError(
      "unrestorable",
      `setting ${key} of the database${role === null ? "" : ` for ${role}`}: cannot be made by a recovery, got ${error.message}; ` +
        "set it for the whole server or in the application, and RESET it here",
      { cause: error },
    );
  }
}
