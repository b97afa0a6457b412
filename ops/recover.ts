import { inPrimary, say, sql } from "./kubectl.ts";
import { database, type Site } from "./site.ts";
import { columnsIn, describe, type Table, type TableName } from "./table.ts";

/** Schema for recovered rows of a table that still exists: its name and its rows are not ours to change. */
const SCHEMA = "recovered";

/**
 * Recovers a table from another database of the server, with definition, rows, indexes, constraints, policies, grants and the views on it,
 * in one transaction. When the table still exists, only its rows are copied, to a table beside it. Nothing is ever overwritten.
 */
export async function recoverTable(site: Site, [table = "", from = ""]: readonly string[]): Promise<void> {
  const name = parse(table);
  await requireDatabase(site, from);
  const lost = await requireTable(site, name, from);
  const live = await describe(site, name, database);
  if (live === undefined) await bringBack(site, name, from);
  else await putBeside(site, name, from, lost, live);
}

function parse(table: string): TableName {
  const [, schema, name] = /^([A-Za-z_]\w*)\.([A-Za-z_]\w*)$/.exec(table) ?? [];
  if (!schema || !name) throw new Error(`TABLE: must be <schema>.<table>, got ${table || "nothing"}`);
  return { schema, name, sql: `"${schema}"."${name}"` };
}

async function requireDatabase(site: Site, from: string): Promise<void> {
  const found = await sql(site, "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1");
  const others = found.filter((name) => name !== database && name !== "postgres");
  if (others.includes(from)) return;
  throw new Error(
    `FROM: must be a database beside ${database}, got ${from || "nothing"}; there is ${others.join(", ") || "none"}, and \`make database-restore DUMP=latest\` makes one`,
  );
}

async function requireTable(site: Site, name: TableName, from: string): Promise<Table> {
  const table = await describe(site, name, from);
  if (!table) throw new Error(`TABLE: must be in ${from}, got ${name.schema}.${name.name}, which is not`);
  if (table.kind !== "r" || table.related)
    throw new Error(
      `TABLE: must be a plain table, got ${name.schema}.${name.name}, which is a view, partitioned or inherits; ` +
        `copy it with pg_dump and pg_restore by hand`,
    );
  return table;
}

async function bringBack(site: Site, name: TableName, from: string): Promise<void> {
  const [schema] = await sql(site, `SELECT 1 FROM pg_namespace WHERE nspname = '${name.schema}'`);
  if (!schema)
    throw new Error(`TABLE: must have its schema in ${database}, got no ${name.schema}; create it for its owner first`);
  const views = await sql(site, viewsOn(name), from);
  const missing = await sql(
    site,
    views.map((view) => `SELECT '${view}' WHERE to_regclass('${view}') IS NULL;`).join(""),
  );
  const tables = [name.sql, ...missing].map((pattern) => `--table=${pattern}`);
  await inPrimary(site, pipe(["pg_dump", "--format=custom", `--dbname=${from}`, ...tables], LOAD), {});
  say(`${name.schema}.${name.name} is back from ${from}${missing.length > 0 ? `, with ${missing.join(", ")}` : ""}`);
  const wanted = await sql(site, referencesTo(name), from);
  const kept = await sql(site, referencesTo(name));
  for (const statement of wanted.filter((reference) => !kept.includes(reference)))
    say(`a reference to it was lost as well; bring it back with\n  ${psql(site, statement)}`);
}

const LOAD = ["pg_restore", "--exit-on-error", "--single-transaction", `--dbname=${database}`];

/** Pipes one command into another inside the pod; fails when either fails. */
function pipe(source: readonly string[], sink: readonly string[]): string[] {
  const words = (from: number, count: number) => `"\${@:${from}:${count}}"`;
  const script = `set -o pipefail; ${words(1, source.length)} | ${words(source.length + 1, sink.length)}`;
  return ["bash", "-c", script, "pipe", ...source, ...sink];
}

/** Views on the table, and views on those views, quoted for SQL. */
const viewsOn = ({ sql: table }: TableName) => `
  SET search_path = '';
  WITH RECURSIVE dependent AS (
    SELECT '${table}'::regclass::oid AS oid
    UNION
    SELECT r.ev_class FROM dependent JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = dependent.oid
    JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid)
  SELECT oid::regclass FROM dependent JOIN pg_class USING (oid) WHERE relkind IN ('v', 'm')`;

/** Foreign keys of other tables to this one, each as the statement that creates it. */
const referencesTo = ({ sql: table }: TableName) => `
  SET search_path = '';
  SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE contype = 'f' AND confrelid = '${table}'::regclass AND conrelid <> confrelid ORDER BY 1`;

async function putBeside(site: Site, name: TableName, from: string, lost: Table, live: Table): Promise<void> {
  const copy = `${SCHEMA}."${name.name}"`;
  const [taken] = await sql(site, `SELECT 1 WHERE to_regclass('${copy}') IS NOT NULL`);
  if (taken)
    throw new Error(
      `TABLE: must not be in schema ${SCHEMA} yet, got ${copy}; drop it with ${psql(site, `DROP TABLE ${copy}`)}`,
    );
  const columns = lost.columns.map((column) => column.name).join(", ");
  await inPrimary(
    site,
    pipe(
      ["psql", "-qX", `--dbname=${from}`, `--command=COPY (SELECT ${columns} FROM ${name.sql}) TO STDOUT`],
      [
        "psql",
        "-qX",
        "--set=ON_ERROR_STOP=1",
        "--single-transaction",
        `--dbname=${database}`,
        ...fill(copy, lost, live),
      ],
    ),
    {},
  );
  say(`${copy} has the ${lost.rows} rows of ${from}; ${name.schema}.${name.name} is there and is as it was`);
  say(`put back what is missing with\n  ${psql(site, putBack(name, copy, lost, live))}`);
  say(`and drop what is beside it with\n  ${psql(site, `DROP SCHEMA ${SCHEMA} CASCADE`)}`);
}

/** Runs as the database's owner: restoring a later dump could not recreate what the superuser owned. */
const fill = (copy: string, { columns, rows }: Table, { databaseOwner }: Table): string[] =>
  [
    `SET ROLE ${databaseOwner}`,
    `CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`,
    `CREATE TABLE ${copy} (${columns.map(({ name, type }) => `${name} ${type}`).join(", ")})`,
    `COPY ${copy} FROM STDIN`,
    // The end of the input does not prove that all rows arrived, so they are counted.
    `DO $$ BEGIN ASSERT (SELECT count(*) FROM ${copy}) = ${rows}, 'rows were lost on the way'; END $$`,
  ].map((statement) => `--command=${statement}`);

function putBack(name: TableName, copy: string, lost: Table, live: Table): string {
  const columns = columnsIn(lost, live);
  const override = live.identity ? " OVERRIDING SYSTEM VALUE" : "";
  const which = live.keyed ? "ON CONFLICT DO NOTHING" : "WHERE …: without a key nothing else tells which are missing";
  return `INSERT INTO ${name.sql} (${columns})${override} SELECT ${columns} FROM ${copy} ${which}`;
}

const psql = ({ stack }: Site, statement: string) =>
  `make psql STACK=${stack} <<< '${statement.replaceAll("'", "'\\''")}'`;
