import { existsSync } from "node:fs";
import type { RestoreRequest } from "../backup/contract/shapes.ts";
import { runTools, timestampedName } from "./job.ts";
import { inPrimary, say, sql } from "./kubectl.ts";
import { counted } from "./progress.ts";
import { database, type Site } from "./site.ts";

const PREFIX = `${database}_copy_`;

/** Names of restored copies. Earlier releases named them `_scratch_`; those are still listed and dropped. */
const COPIES = `^${database}_(copy|scratch)_`;

/**
 * Restores a dump into a new database beside the live one, which is never touched. The dump is one of the store's, restored by the tools
 * in the cluster, or a file of `make database-dump`. The new database is complete or absent, and only the superuser and the database's owner may
 * connect to it.
 */
export async function restore(
  site: Site,
  [file = "", dump = "", copy = timestampedName(`${database}_copy`, "_")]: readonly string[],
): Promise<void> {
  if (file && dump) throw new Error(`FILE: excludes DUMP, got ${file} and ${dump}; keep the one that is meant`);
  if (!dump && !existsSync(file))
    throw new Error(
      `FILE: must be a dump of \`make database-dump\`, got ${file || "nothing"}; DUMP=latest takes the newest of \`make backup-list\``,
    );
  await requireNew(site, copy);
  if (dump) await runTools(site, "restore-copy", { restore: requestOf(dump), copyDatabase: copy });
  else await fromFile(site, file, copy);

  say(`restored ${dump || file} to the database ${copy}`);
  for (const line of await sql(site, rowCounts, copy)) say(`  ${line.replace("\t", ": ")} rows`);
  say(`look at it with \`make psql STACK=${site.stack} ARGS=${copy}\``);
  say(`bring a table back with \`make table-recover STACK=${site.stack} TABLE=<schema>.<table> FROM=${copy}\``);
  say(`drop it with \`make database-drop-copy STACK=${site.stack} DATABASE=${copy}\``);
}

async function requireNew(site: Site, copy: string): Promise<void> {
  if (!new RegExp(`^${PREFIX}[a-z0-9_]{1,40}$`).test(copy))
    throw new Error(
      `DATABASE: must be ${PREFIX} with lower case letters, digits and underscores after it, got ${copy}`,
    );
  const [taken] = await sql(site, `SELECT 1 FROM pg_database WHERE datname = '${copy}'`);
  if (taken) throw new Error(`DATABASE: must be a new one, got ${copy}, which exists; leave it out to have one named`);
}

/** The request of `acci:restore` for `latest`, a time in UTC, or the id of a dump. */
export function requestOf(dump: string): RestoreRequest {
  if (dump === "latest") return {};
  return /^\d{4}-\d\d-\d\dT/.test(dump) ? { at: dump } : { dump };
}

async function fromFile(site: Site, file: string, copy: string): Promise<void> {
  await sql(site, `CREATE DATABASE ${copy} TEMPLATE template0; REVOKE ALL ON DATABASE ${copy} FROM PUBLIC;`);
  try {
    const load = ["pg_restore", "--exit-on-error", "--single-transaction", `--dbname=${copy}`];
    await inPrimary(site, load, { stdin: [{ file }, counted("restored")] });
  } catch (error) {
    await sql(site, `DROP DATABASE ${copy} WITH (FORCE)`);
    throw error;
  }
}

/** Exact counts, one query per table, because the planner's estimate is 0 for a table that was just loaded. */
const rowCounts = `
  SELECT format('%I.%I', schemaname, relname),
         (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', schemaname, relname), false, true, '')))[1]
  FROM pg_stat_user_tables ORDER BY 1`;

/** Drops a database that {@link restore} made. */
export async function dropCopy(site: Site, [copy = ""]: readonly string[]): Promise<void> {
  const copies = await sql(site, `SELECT datname FROM pg_database WHERE datname ~ '${COPIES}' ORDER BY 1`);
  if (!copies.includes(copy))
    throw new Error(
      `DATABASE: must be one that \`make database-restore\` made, got ${copy || "nothing"}; there is ${copies.join(", ") || "none"}`,
    );
  await sql(site, `DROP DATABASE "${copy}" WITH (FORCE)`);
  say(`dropped ${copy}`);
}
