import { existsSync } from "node:fs";
import type { RestoreRequest } from "../backup/contract/shapes.ts";
import { runTools, timestampedName } from "./job.ts";
import { inPrimary, say, sql } from "./kubectl.ts";
import { counted } from "./progress.ts";
import { database, type Site } from "./site.ts";

const PREFIX = `${database}_scratch_`;

/**
 * Restores a dump into a new database beside the live one, which is never touched. The dump is one of the store's, restored by the tools
 * in the cluster, or a file of `make dump`. The new database is complete or absent, and only the superuser and the database's owner may
 * connect to it.
 */
export async function restore(
  site: Site,
  [file = "", dump = "", scratch = timestampedName(`${database}_scratch`, "_")]: readonly string[],
): Promise<void> {
  if (file && dump) throw new Error(`FILE: excludes DUMP, got ${file} and ${dump}; keep the one that is meant`);
  if (!dump && !existsSync(file))
    throw new Error(
      `FILE: must be a dump of \`make dump\`, got ${file || "nothing"}; DUMP=latest takes the newest of \`make backups\``,
    );
  await requireNew(site, scratch);
  if (dump) await runTools(site, "beside", { restore: wishOf(dump), scratchDatabase: scratch });
  else await fromFile(site, file, scratch);

  say(`restored ${dump || file} to the database ${scratch}`);
  for (const line of await sql(site, rowCounts, scratch)) say(`  ${line.replace("\t", ": ")} rows`);
  say(`look at it with \`make psql STACK=${site.stack} ARGS=${scratch}\``);
  say(`bring a table back with \`make recover-table STACK=${site.stack} TABLE=<schema>.<table> FROM=${scratch}\``);
  say(`drop it with \`make drop-scratch STACK=${site.stack} DATABASE=${scratch}\``);
}

async function requireNew(site: Site, scratch: string): Promise<void> {
  if (!new RegExp(`^${PREFIX}[a-z0-9_]{1,40}$`).test(scratch))
    throw new Error(
      `DATABASE: must be ${PREFIX} with lower case letters, digits and underscores after it, got ${scratch}`,
    );
  const [taken] = await sql(site, `SELECT 1 FROM pg_database WHERE datname = '${scratch}'`);
  if (taken)
    throw new Error(`DATABASE: must be a new one, got ${scratch}, which exists; leave it out to have one named`);
}

/** The request of `acci:restore` for `latest`, a time in UTC, or the id of a dump. */
export function wishOf(dump: string): RestoreRequest {
  if (dump === "latest") return {};
  return /^\d{4}-\d\d-\d\dT/.test(dump) ? { at: dump } : { dump };
}

async function fromFile(site: Site, file: string, scratch: string): Promise<void> {
  await sql(site, `CREATE DATABASE ${scratch} TEMPLATE template0; REVOKE ALL ON DATABASE ${scratch} FROM PUBLIC;`);
  try {
    const load = ["pg_restore", "--exit-on-error", "--single-transaction", `--dbname=${scratch}`];
    await inPrimary(site, load, { stdin: [{ file }, counted("restored")] });
  } catch (error) {
    await sql(site, `DROP DATABASE ${scratch} WITH (FORCE)`);
    throw error;
  }
}

/** Exact counts, one query per table, because the planner's estimate is 0 for a table that was just loaded. */
const rowCounts = `
  SELECT format('%I.%I', schemaname, relname),
         (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', schemaname, relname), false, true, '')))[1]
  FROM pg_stat_user_tables ORDER BY 1`;

/** Drops a database that `restore` made. */
export async function dropScratch(site: Site, [scratch = ""]: readonly string[]): Promise<void> {
  if (!scratch.startsWith(PREFIX)) throw new Error(`DATABASE: must start with ${PREFIX}, got ${scratch || "nothing"}`);
  await sql(site, `DROP DATABASE "${scratch}" WITH (FORCE)`);
  say(`dropped ${scratch}`);
}
