import type pg from "pg";
import { identifier } from "./sql.ts";

/**
 * Which rows are copied together: a table's own; those of all its partitions, where a row may belong into another partition after a
 * restore; or those that users put into a table of an extension, which makes the others itself.
 */
export type Reach = "own" | "partitions" | "configuration";

/** A table whose rows are dumped: partitions one by one if that is safe, those of extensions only as far as they are the user's. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  /** Stored columns that are copied, in their order. */
  readonly columns: readonly string[];
  /** Stored columns that are computed from the others. */
  readonly generated: readonly string[];
  readonly reach: Reach;
  /** Of the user's rows of an extension's table: `WHERE …`, or nothing. */
  readonly condition: string;
  /** Bytes on disk: what to expect, not what to check. */
  readonly size: number;
  /** Empty after a crash by its definition, so its rows are not dumped. */
  readonly unlogged: boolean;
}

/** Schemas of the server itself, temporary ones included. */
export const NOT_SYSTEM = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

/** What no extension brought; those come back with `CREATE EXTENSION`. */
export const notOfExtension = (catalog: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.${catalog}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`;

/**
 * The hash of an enum's value is that of its oid, which a restore changes, and with it the partition (src/bin/pg_dump/pg_dump.c,
 * `getPartitioningInfo`, from Postgres 16 on).
 */
const UNSAFE = `
  SELECT p.partrelid AS oid FROM pg_catalog.pg_partitioned_table p WHERE p.partstrat = 'h' AND EXISTS (
    SELECT FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am a ON a.oid = o.opcmethod
    WHERE o.opcname = 'enum_ops' AND a.amname = 'hash' AND o.opcnamespace = 'pg_catalog'::regnamespace AND o.oid = ANY (p.partclass::oid[]))`;

const columns = (generated: "=" | "<>") => `
  coalesce((SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated ${generated === "=" ? "= ''" : "= 's'"}), '{}')`;

const TABLES = `
  WITH RECURSIVE unsafe AS (${UNSAFE}),
  below AS (
    SELECT i.inhrelid AS oid FROM pg_catalog.pg_inherits i JOIN unsafe u ON u.oid = i.inhparent
    UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN below b ON b.oid = i.inhparent),
  configuration AS (
    SELECT pg_catalog.unnest(e.extconfig) AS oid, pg_catalog.unnest(e.extcondition) AS condition FROM pg_catalog.pg_extension e),
  copied AS (
    SELECT c.oid, 'own' AS reach, '' AS condition FROM pg_catalog.pg_class c
    WHERE c.relkind = 'r' AND c.oid NOT IN (SELECT oid FROM below) AND ${notOfExtension("pg_class", "c.oid")}
    UNION ALL SELECT u.oid, 'partitions', '' FROM unsafe u WHERE u.oid NOT IN (SELECT oid FROM below) AND ${notOfExtension("pg_class", "u.oid")}
    UNION ALL SELECT f.oid, 'configuration', coalesce(f.condition, '') FROM configuration f JOIN pg_catalog.pg_class c ON c.oid = f.oid AND c.relkind = 'r')
  SELECT n.nspname AS schema, c.relname AS name, t.reach, t.condition, c.relpersistence = 'u' AS unlogged,
    (CASE WHEN t.reach = 'partitions' THEN (SELECT pg_catalog.sum(pg_catalog.pg_table_size(p.relid)) FROM pg_catalog.pg_partition_tree(c.oid) p)
          ELSE pg_catalog.pg_table_size(c.oid) END)::float8 AS size,
    ${columns("=")} AS columns, ${columns("<>")} AS generated
  FROM copied t JOIN pg_catalog.pg_class c ON c.oid = t.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE ${NOT_SYSTEM}
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

export async function tablesOf(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(TABLES);
  return rows;
}

/** What is locked while a dump runs: everything that holds rows, and what decides whose they are. */
const LOCKED = `
  SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND ${NOT_SYSTEM} ORDER BY c.oid`;

export interface Lockable {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
}

export async function lockablesOf(client: pg.Client): Promise<Lockable[]> {
  const { rows } = await client.query<Lockable>(LOCKED);
  return rows;
}

type Name = Pick<Table, "schema" | "name">;

export const qualified = ({ schema, name }: Name) => `${identifier(schema)}.${identifier(name)}`;

/** As much of a table as its rows are about. */
export type Copied = Name & Pick<Table, "columns"> & Partial<Pick<Table, "condition" | "reach">>;

const listOf = (columns: readonly string[]) => columns.map(identifier).join(", ");

/** The rows as a query: where a table is more than what lies in its file. */
const query = (table: Copied) =>
  `SELECT ${listOf(table.columns)} FROM ${qualified(table)}${table.condition ? ` ${table.condition}` : ""}`;

/** A table with its columns, as COPY names it. */
export const copyTarget = (table: Copied) =>
  table.columns.length > 0 ? `${qualified(table)} (${listOf(table.columns)})` : qualified(table);

/** What COPY reads: a table's own rows as they lie in its file, an extension's in an order of their own. */
export function copySource(table: Copied): string {
  if (table.reach === "partitions") return `(${query(table)})`;
  if (table.reach === "configuration") return `(SELECT * FROM (${query(table)}) r ORDER BY r::text COLLATE "C")`;
  return copyTarget(table);
}

/** Number of rows and their sum, which is the same in whatever order they come: where a restore may lay them elsewhere. */
export const digestQuery = (table: Copied) =>
  `SELECT pg_catalog.count(*)::text AS rows, coalesce(pg_catalog.sum(pg_catalog.hashtextextended(r::text, 0)), 0)::text AS digest FROM (${query(table)}) r`;
