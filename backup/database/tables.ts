import type pg from "pg";
import { identifier } from "./sql.ts";

/** A table whose rows are dumped: partitions one by one, extensions' own tables not. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  /** Stored columns, in the order they are copied. */
  readonly columns: readonly string[];
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

const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name, c.relpersistence = 'u' AS unlogged, pg_catalog.pg_table_size(c.oid)::float8 AS size,
         coalesce((SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''), '{}') AS columns
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND ${NOT_SYSTEM} AND ${notOfExtension("pg_class", "c.oid")}
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

export async function tablesOf(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(TABLES);
  return rows;
}

export const qualified = ({ schema, name }: Pick<Table, "schema" | "name">) =>
  `${identifier(schema)}.${identifier(name)}`;

/** A table with its columns, as COPY names it. */
export const copyTarget = (table: Pick<Table, "schema" | "name" | "columns">) =>
  table.columns.length > 0 ? `${qualified(table)} (${table.columns.map(identifier).join(", ")})` : qualified(table);
