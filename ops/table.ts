import { sql } from "./kubectl.ts";
import type { Site } from "./site.ts";

export interface TableName {
  readonly schema: string;
  readonly name: string;
  /** Quoted for a statement. */
  readonly sql: string;
}

export interface Table {
  /** Kind of the relation in pg_class: `r` for an ordinary table. */
  readonly kind: string;
  /** Whether the table is a partition, or has a parent or a child by inheritance. */
  readonly related: boolean;
  /** Stored columns (no generated ones), quoted for statements. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Whether a unique key identifies its rows. */
  readonly keyed: boolean;
  /** Whether a column is GENERATED ALWAYS AS IDENTITY, so that inserting a value needs OVERRIDING SYSTEM VALUE. */
  readonly identity: boolean;
  readonly rows: number;
  readonly databaseOwner: string;
}

const query = ({ name, schema }: TableName) => `
  SET search_path = '';
  SELECT json_build_object('kind', c.relkind, 'related', c.relispartition OR EXISTS (SELECT FROM pg_inherits WHERE c.oid IN (inhrelid, inhparent)),
    'columns', (SELECT json_agg(json_build_object('name', quote_ident(a.attname), 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
                FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
    'keyed', EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisunique AND indimmediate),
    'identity', EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attidentity = 'a'),
    'rows', CASE WHEN c.relkind = 'r' THEN (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', n.nspname, c.relname), false, true, '')))[1]::text::bigint END,
    'databaseOwner', (SELECT quote_ident(pg_get_userbyid(datdba)) FROM pg_database WHERE datname = current_database()))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '${schema}' AND c.relname = '${name}'`;

/** Describes the table of that name in a database; undefined when there is none. */
export async function describe(site: Site, name: TableName, of: string): Promise<Table | undefined> {
  const [found] = await sql(site, query(name), of);
  return found === undefined ? undefined : (JSON.parse(found) as Table);
}

/** Comma-separated columns that two tables share. */
export const columnsIn = (one: Table, other: Table): string =>
  one.columns
    .map(({ name }) => name)
    .filter((name) => other.columns.some((column) => column.name === name))
    .join(", ");
