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
}

export const pictureOf = async (database: Connection): Promise<Picture> => ({
  statements: statementsOf(await run("pg_dump", database, ["--schema-only"])),
  content: await contentOf(database),
});

/** Names objects and owners; which number an object has in the dump, and a random word against injection, are no part of it. */
const HEADING = /^-- (?:Data for )?Name: /;
const MEANINGLESS = /^(\\(un)?restrict .*|--|)$/;

/** Blocks of pg_dump's plain text, each with its heading; in whatever encoding, byte for byte. */
function statementsOf(text: Buffer): string[] {
  const blocks: string[][] = [[]];
  for (const line of text.toString("latin1").split("\n")) {
    if (HEADING.test(line)) blocks.push([]);
    if (!MEANINGLESS.test(line)) blocks.at(-1)!.push(line);
  }
  return blocks.map((lines) => lines.join("\n")).sort();
}

const RELATIONS = `
  SELECT c.oid::pg_catalog.regclass::text AS name, c.relkind AS kind, c.relispopulated AS populated
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT c.relispartition AND c.relkind IN ('r', 'p', 'm', 'S') AND c.relpersistence <> 't'
    AND c.relpersistence <> 'u'`;
const OBJECTS = `
  SELECT 'large object ' || m.oid || ': ' || pg_catalog.md5(pg_catalog.lo_get(m.oid)) AS line FROM pg_catalog.pg_largeobject_metadata m`;

const ROWS = (name: string, only: boolean) =>
  `SELECT pg_catalog.md5(coalesce(pg_catalog.string_agg(pg_catalog.md5(r), '' ORDER BY pg_catalog.md5(r) COLLATE "C"), '')) AS digest, pg_catalog.count(*)::text AS rows
   FROM (SELECT pg_catalog.textin(pg_catalog.record_out(t)) AS r FROM ${only ? "ONLY " : ""}${name} t) x`;

/** A partitioned table counts as one: in which partition a row is may depend on numbers that the catalogues gave. */
async function contentOf({ database, host, port, user }: Connection): Promise<string[]> {
  const client = new pg.Client({ host, port, user, database });
  await client.connect();
  try {
    await client.query(
      "SELECT pg_catalog.set_config('search_path', '', false), pg_catalog.set_config('timezone', 'UTC', false)",
    );
    await client.query(
      "SET extra_float_digits = 3; SET bytea_output = hex; SET datestyle = ISO; SET intervalstyle = postgres; SET lc_monetary = 'C'",
    );
    const { rows } = await client.query<{ name: string; kind: string; populated: boolean }>(RELATIONS);
    const lines: string[] = [];
    for (const { kind, name, populated } of rows) {
      if (!populated) lines.push(`${name}: not populated`);
      else if (kind === "S")
        lines.push(
          `${name}: ${JSON.stringify((await client.query(`SELECT last_value, is_called FROM ${name}`)).rows)}`,
        );
      else lines.push(`${name}: ${JSON.stringify((await client.query(ROWS(name, kind === "r"))).rows)}`);
    }
    const objects = await client.query<{ line: string }>(OBJECTS);
    return [...lines, ...objects.rows.map(({ line }) => line)].sort();
  } finally {
    await client.end();
  }
}

/** What the one has and the other has not, as lines to read; none when they are equal. */
export function compare(one: Picture, other: Picture): string[] {
  const parts = [one.statements, one.content, other.statements, other.content];
  const [statements, content, otherStatements, otherContent] = parts.map((lines) => lines as string[]);
  return [
    ...without(statements!, otherStatements!).map((line) => `- ${line}`),
    ...without(otherStatements!, statements!).map((line) => `+ ${line}`),
    ...without(content!, otherContent!).map((line) => `- ${line}`),
    ...without(otherContent!, content!).map((line) => `+ ${line}`),
  ];
}

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
