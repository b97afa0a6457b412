import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { to, type CopyToStreamQuery } from "pg-copy-streams";
import { identifier } from "../database/sql.ts";
import { type Copied, copySource, digestQuery, qualified } from "../database/tables.ts";
import { Measure } from "../streams.ts";

/** A table's rows as text, in the order they lie in its file, without those of tables that inherit from it; in the database's own encoding. */
export const copyOut = (client: pg.Client, table: Copied, encoding: string): CopyToStreamQuery =>
  copySourceOut(client, copySource(table), encoding);

/** What COPY reads from whatever is named or asked. */
export function copySourceOut(client: pg.Client, source: string, encoding: string): CopyToStreamQuery {
  const rows = client.query(to(`COPY ${source} TO STDOUT (ENCODING '${encoding}')`));
  // When its session ends with it unfinished, it fails once more, after everyone has stopped listening.
  rows.on("error", () => {});
  return rows;
}

/** What a table holds: the same for a table and its exact copy. */
export async function contentOf(client: pg.Client, table: Copied, encoding: string, onBytes?: (bytes: number) => void) {
  return measured(copyOut(client, table, encoding), onBytes);
}

/** The same of whatever COPY reads. */
export const contentOfSource = (client: pg.Client, source: string, encoding: string) =>
  measured(copySourceOut(client, source, encoding));

async function measured(rows: CopyToStreamQuery, onBytes?: (bytes: number) => void) {
  const measure = new Measure(onBytes);
  await pipeline(rows, measure, async (chunks) => {
    for await (const _ of chunks);
  });
  return { rows: rows.rowCount, bytes: measure.bytes, sha256: measure.sha256() };
}

/** The rows of a table and what they come to, in whatever order they lie. */
export async function digestOf(client: pg.Client, table: Copied): Promise<{ rows: number; digest: string }> {
  const { rows } = await client.query<{ rows: string; digest: string }>(digestQuery(table));
  return { rows: Number(rows[0]!.rows), digest: rows[0]!.digest };
}

/** The SHA-256 of columns that are computed, which COPY takes from a query alone. */
export async function generatedOf(
  client: pg.Client,
  table: Pick<Copied, "schema" | "name">,
  columns: readonly string[],
  encoding: string,
): Promise<string> {
  const source = `(SELECT ${columns.map(identifier).join(", ")} FROM ONLY ${qualified(table)})`;
  return (await contentOfSource(client, source, encoding)).sha256;
}
