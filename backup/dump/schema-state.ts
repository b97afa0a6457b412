import type pg from "pg";

/** Condition that leaves out temporary objects. */
const NOT_TEMPORARY = (oid: string) =>
  `NOT EXISTS (SELECT FROM pg_catalog.pg_class rel WHERE rel.oid = ${oid} AND rel.relpersistence = 't')`;

/** Catalog rows that definitions are made of, without the columns of pg_class that a mere rebuild changes. */
const CATALOGUES: Readonly<Record<string, string>> = {
  tables: `SELECT c.oid, row(c.relname, c.relnamespace, c.relowner, c.relkind, c.relacl, c.reloptions, c.relrowsecurity, c.relforcerowsecurity,
    c.relreplident, c.relpersistence, c.relispartition, c.reltablespace)::text AS state FROM pg_catalog.pg_class c
    WHERE c.relpersistence <> 't' AND c.relkind NOT IN ('i', 't')`,
  columns: `SELECT a.attrelid, row(a.attnum, a.xmin)::text FROM pg_catalog.pg_attribute a WHERE ${NOT_TEMPORARY("a.attrelid")}`,
  defaults: `SELECT d.oid, d.xmin::text FROM pg_catalog.pg_attrdef d WHERE ${NOT_TEMPORARY("d.adrelid")}`,
  constraints: `SELECT k.oid, k.xmin::text FROM pg_catalog.pg_constraint k WHERE ${NOT_TEMPORARY("k.conrelid")}`,
  "views and rules": `SELECT r.oid, r.xmin::text FROM pg_catalog.pg_rewrite r WHERE ${NOT_TEMPORARY("r.ev_class")}`,
  triggers: `SELECT t.oid, t.xmin::text FROM pg_catalog.pg_trigger t WHERE ${NOT_TEMPORARY("t.tgrelid")}`,
  types: `SELECT t.oid, t.xmin::text FROM pg_catalog.pg_type t WHERE ${NOT_TEMPORARY("t.typrelid")} AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND NOT (${NOT_TEMPORARY("e.typrelid")}))`,
  schemas: `SELECT n.oid, n.xmin::text FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_(temp|toast_temp)_'`,
  functions: "SELECT oid, xmin::text FROM pg_catalog.pg_proc",
  policies: "SELECT oid, xmin::text FROM pg_catalog.pg_policy",
  enums: "SELECT oid, xmin::text FROM pg_catalog.pg_enum",
  operators: "SELECT oid, xmin::text FROM pg_catalog.pg_operator",
  extensions: "SELECT oid, xmin::text FROM pg_catalog.pg_extension",
  statistics: "SELECT oid, xmin::text FROM pg_catalog.pg_statistic_ext",
  publications: "SELECT oid, xmin::text FROM pg_catalog.pg_publication",
};

const STATE = Object.entries(CATALOGUES)
  .map(
    ([kind, query]) =>
      `SELECT '${kind}' AS kind, coalesce(pg_catalog.sum(pg_catalog.hashtextextended(q::text, 0)), 0)::text AS state FROM (${query}) q`,
  )
  .join(" UNION ALL ");

export type SchemaState = ReadonlyMap<string, string>;

/**
 * One number per kind of object, which changes with any definition of that kind. pg_dump reads most definitions in its snapshot, but the
 * server prints some as they are by then. So definitions are of one moment only if none changed meanwhile.
 */
export async function schemaStateOf(client: pg.Client): Promise<SchemaState> {
  const { rows } = await client.query<{ kind: string; state: string }>(STATE);
  return new Map(rows.map(({ kind, state }) => [kind, state]));
}

export const changedKinds = (before: SchemaState, after: SchemaState): string[] =>
  [...before].filter(([kind, state]) => after.get(kind) !== state).map(([kind]) => kind);
