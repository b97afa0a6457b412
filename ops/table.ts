import { sql } from "./kubectl.ts";
import type { Site } from "./site.ts";

export interface TableName {
  readonly schema: string;
  readonly name: string;
  /** As it stands in a statement. */
  readonly sql: string;
}

export interface Table {
  /** `r` for a plain one. */
  readonly kind: string;
  /** Whether it is a partition, or inherits or is inherited from. */
  readonly related: boolean;
  /** Those that are stored, as they stand in statements. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Whether a unique key tells its rows apart. */
  readonly keyed: boolean;
  /** Whether a column numbers its rows and takes no value without being told to. */
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

/** What a database has under a table's name. */
export async function describe(site: Site, name: TableName, of: string): Promise<Table | undefined> {
  const [found] = await sql(site, query(name), of);
  return found === undefined ? undefined : (JSON.parse(found) as Table);
}

/** The columns that two tables share, in a list. */
export const columnsIn = (one: Table, other: Table): string =>
  one.columns
    .map(({ name }) => name)
    .filter((name) => other.columns.some((column) => column.name === name))
    .join(", ");
