import { existsSync } from "node:fs";
import { inPrimary, say, sql } from "./kubectl.ts";
import { counted } from "./progress.ts";
import { database, type Site } from "./site.ts";

const scratchName = () => `${database}_scratch_${new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14)}`;

/**
 * Restores a dump into a new database beside the live one, which is never touched. It is there whole or not at all, and nobody but
 * the superuser may connect to it.
 */
export async function restore(site: Site, [file = "", scratch = scratchName()]: readonly string[]): Promise<void> {
  if (!existsSync(file)) throw new Error(`FILE: must be a dump of \`make dump\`, got ${file || "nothing"}`);
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(scratch))
    throw new Error(`DATABASE: must be lower case letters, digits and underscores, got ${scratch}`);
  const [taken] = await sql(site, `SELECT 1 FROM pg_database WHERE datname = '${scratch}'`);
  if (taken)
    throw new Error(`DATABASE: must be a new one, got ${scratch}, which exists; leave it out to have one named`);

  await sql(site, `CREATE DATABASE ${scratch} TEMPLATE template0; REVOKE ALL ON DATABASE ${scratch} FROM PUBLIC;`);
  try {
    const load = ["pg_restore", "--exit-on-error", "--single-transaction", `--dbname=${scratch}`];
    await inPrimary(site, load, { stdin: [{ file }, counted("restored")] });
  } catch (error) {
    await sql(site, `DROP DATABASE ${scratch} WITH (FORCE)`);
    throw error;
  }
  say(`restored ${file} to the database ${scratch}`);
  for (const line of await sql(site, rowCounts, scratch)) say(`  ${line.replace("\t", ": ")} rows`);
  say(`look at it with \`make psql STACK=${site.stack} ARGS=${scratch}\``);
  say(`drop it with \`make drop-scratch STACK=${site.stack} DATABASE=${scratch}\``);
}

/** Exact, one query per table: the planner's estimate is 0 for a table that was just loaded. */
const rowCounts = `
  SELECT format('%I.%I', schemaname, relname),
         (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', schemaname, relname), false, true, '')))[1]
  FROM pg_stat_user_tables ORDER BY 1`;

/** Drops a database that `restore` made. */
export async function dropScratch(site: Site, [scratch = ""]: readonly string[]): Promise<void> {
  if (!scratch.startsWith(`${database}_scratch_`))
    throw new Error(`DATABASE: must start with ${database}_scratch_, got ${scratch || "nothing"}`);
  await sql(site, `DROP DATABASE "${scratch}" WITH (FORCE)`);
  say(`dropped ${scratch}`);
}
