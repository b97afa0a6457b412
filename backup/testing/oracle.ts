import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import type { Connection } from "../database/connection.ts";

const execute = promisify(execFile);
const binaries = process.env.POSTGRES_BIN ?? "/usr/lib/postgresql/15/bin";

/** A tool of Postgres with nothing but what it needs. */
async function run(tool: string, { database, host, port, user }: Connection, args: readonly string[]): Promise<Buffer> {
  const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
  const options = { env, encoding: "buffer", maxBuffer: Infinity } as const;
  return (await execute(path.join(binaries, tool), args, options)).stdout;
}

/** Brings a database back with pg_dump and pg_restore and nothing of ours. */
export async function bareRoundTrip(source: Connection, target: Connection, archive: string): Promise<void> {
  await run("pg_dump", source, ["--format=custom", `--file=${archive}`]);
  await run("pg_restore", target, ["--exit-on-error", `--dbname=${target.database}`, archive]);
}

/** What is in a database, as text that is the same for the same. */
export interface Picture {
  /** Of pg_dump's schema, in no order. */
  readonly statements: readonly string[];
  /** Of each relation with rows, and of each large object. */
  readonly content: readonly string[];
  /** Of materialized views, which are made anew of the others. */
  readonly derived: readonly string[];
}

export const pictureOf = async (database: Connection): Promise<Picture> => ({
  statements: statementsOf(await run("pg_dump", database, ["--schema-only"])),
  ...(await contentOf(database)),
});

/** Names objects and owners; which number an object has in the dump, and a random word against injection, are no part of it. */
const HEADING = /^-- (?:Data for )?Name: /;
const MEANINGLESS = /^(\\(un)?restrict .*|--|)$/;

/** Blocks of pg_dump's plain text, each with its heading, without what it sets before; in whatever encoding, byte for byte. */
function statementsOf(text: Buffer): string[] {
  const blocks: string[][] = [[]];
  for (const line of text.toString("latin1").split("\n")) {
    if (HEADING.test(line)) blocks.push([]);
    if (!MEANINGLESS.test(line)) blocks.at(-1)!.push(line);
  }
  return blocks
    .slice(1)
    .map((lines) => lines.join("\n"))
    .sort();
}

const RELATIONS = `
  SELECT c.oid::pg_catalog.regclass::text AS name, c.relkind AS kind, c.relispopulated AS populated,
    (SELECT coalesce(pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attname COLLATE "C"), '')
     FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT c.relispartition AND c.relkind IN ('r', 'p', 'm', 'S') AND c.relpersistence = 'p'`;
const OBJECTS = `
  SELECT 'large object ' || m.oid || ': ' || pg_catalog.md5(pg_catalog.lo_get(m.oid)) AS line FROM pg_catalog.pg_largeobject_metadata m`;
const SESSION = `
  SET search_path = ''; SET timezone = 'UTC'; SET extra_float_digits = 3; SET bytea_output = hex; SET datestyle = ISO; SET intervalstyle = postgres; SET lc_monetary = 'C'`;

interface Relation {
  readonly name: string;
  readonly kind: string;
  readonly populated: boolean;
  readonly columns: string;
}

/** A partitioned table counts as one: in which partition a row is may depend on numbers that the catalogues gave. */
function queryOf({ columns, kind, name }: Relation): string {
  if (kind === "S") return `SELECT last_value, is_called FROM ${name}`;
  const rows = `SELECT pg_catalog.md5(pg_catalog.textin(pg_catalog.record_out(ROW(${columns})))) AS r FROM ${kind === "r" ? "ONLY " : ""}${name}`;
  return `SELECT pg_catalog.count(*)::text AS rows, pg_catalog.md5(pg_catalog.string_agg(r, '' ORDER BY r COLLATE "C")) AS digest FROM (${rows}) x`;
}

async function contentOf({ database, host, port, user }: Connection): Promise<Pick<Picture, "content" | "derived">> {
  const client = new pg.Client({ host, port, user, database });
  await client.connect();
  try {
    await client.query(SESSION);
    const [content, derived]: [string[], string[]] = [[], []];
    for (const relation of (await client.query<Relation>(RELATIONS)).rows) {
      const found = relation.populated ? (await client.query(queryOf(relation))).rows : "not populated";
      (relation.kind === "m" ? derived : content).push(`${relation.name}: ${JSON.stringify(found)}`);
    }
    const objects = await client.query<{ line: string }>(OBJECTS);
    return { content: [...content, ...objects.rows.map(({ line }) => line)].sort(), derived: derived.sort() };
  } finally {
    await client.end();
  }
}

/** What the one has and the other has not, as lines to read; none when they are equal. */
export const compare = (one: Picture, other: Picture): string[] =>
  (["statements", "content", "derived"] as const).flatMap((part) => [
    ...without(one[part], other[part]).map((line) => `- ${line}`),
    ...without(other[part], one[part]).map((line) => `+ ${line}`),
  ]);

/** As sets in which a line may be twice. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
