import type pg from "pg";
import { identifier } from "./sql.ts";

/**
 * Rows that are copied together. `own`: the table's own rows. `partitions`: the rows of all its partitions, because a row may belong to
 * another partition after a restore. `configuration`: the rows that users put into a table of an extension, which creates the other rows
 * itself.
 */
export type Reach = "own" | "partitions" | "configuration";

/**
 * A table whose rows are dumped. Partitions are dumped one by one where that is safe; of tables of extensions only the user's rows are
 * dumped.
 */
export interface Table {
  readonly schema: string;
  readonly name: string;
  /** Stored columns that are copied, in order. */
  readonly columns: readonly string[];
  /** Stored columns that are computed from other columns. */
  readonly generated: readonly string[];
  readonly reach: Reach;
  /** `WHERE …` that selects the user's rows of an extension's table; empty for other tables. */
  readonly condition: string;
  /** Bytes on disk: an estimate, never compared. */
  readonly size: number;
  /** Whether the table is unlogged. A crash empties such a table by definition, so its rows are not dumped. */
  readonly unlogged: boolean;
}

/** Condition that leaves out the schemas of the server itself, temporary ones included. */
export const NOT_SYSTEM = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

/** Condition that leaves out objects of extensions, which come back with `CREATE EXTENSION`. */
export const notOfExtension = (catalog: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.${catalog}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`;

/**
 * Tables with hash partitions by an enum. The hash of an enum value is that of its oid, which a restore changes, and with it the partition
 * (src/bin/pg_dump/pg_dump.c, `getPartitioningInfo`, from Postgres 16 on).
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

/** Tables that are locked while a dump runs: those that hold rows, and the partitioned ones that decide where rows belong. */
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

/** The parts of a table that its rows depend on. */
export type Copied = Name & Pick<Table, "columns"> & Partial<Pick<Table, "condition" | "reach">>;

const listOf = (columns: readonly string[]) => columns.map(identifier).join(", ");

/** The rows as a query, for tables whose rows are not those of one file. */
const query = (table: Copied) =>
  `SELECT ${listOf(table.columns)} FROM ${qualified(table)}${table.condition ? ` ${table.condition}` : ""}`;

/** Table and columns, as COPY names them. */
export const copyTarget = (table: Copied) =>
  table.columns.length > 0 ? `${qualified(table)} (${listOf(table.columns)})` : qualified(table);

/** Source of COPY: a table's own rows in the order of its file; the rows of an extension's table sorted, so that their order is defined. */
export function copySource(table: Copied): string {
  if (table.reach === "partitions") return `(${query(table)})`;
  if (table.reach === "configuration") return `(SELECT * FROM (${query(table)}) r ORDER BY r::text COLLATE "C")`;
  return copyTarget(table);
}

/**
 * Number of rows and the sum of their hashes. The sum does not depend on the order, because a restore may put the rows into other
 * partitions.
 */
export const digestQuery = (table: Copied) =>
  `SELECT pg_catalog.count(*)::text AS rows, coalesce(pg_catalog.sum(pg_catalog.hashtextextended(r::text, 0)), 0)::text AS digest FROM (${query(table)}) r`;
