import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { to, type CopyToStreamQuery } from "pg-copy-streams";
import { identifier } from "../database/sql.ts";
import { type Copied, copySource, digestQuery, qualified } from "../database/tables.ts";
import { Measure } from "../streams.ts";

/** A table's rows as text in the database's encoding, in the order of its file, without the rows of tables that inherit from it. */
export const copyOut = (client: pg.Client, table: Copied, encoding: string): CopyToStreamQuery =>
  copySourceOut(client, copySource(table), encoding);

/** Rows that COPY reads from a table or a query. */
export function copySourceOut(client: pg.Client, source: string, encoding: string): CopyToStreamQuery {
  const rows = client.query(to(`COPY ${source} TO STDOUT (ENCODING '${encoding}')`));
  // When the session ends before the stream, the stream fails once more after its listeners are gone, which would end the process.
  rows.on("error", () => {});
  return rows;
}

/** Rows, bytes and SHA-256 of a table's content, which are the same for an exact copy. */
export async function contentOf(client: pg.Client, table: Copied, encoding: string, onBytes?: (bytes: number) => void) {
  return measured(copyOut(client, table, encoding), onBytes);
}

/** Rows, bytes and SHA-256 of what COPY reads from a table or a query. */
export const contentOfSource = (client: pg.Client, source: string, encoding: string) =>
  measured(copySourceOut(client, source, encoding));

async function measured(rows: CopyToStreamQuery, onBytes?: (bytes: number) => void) {
  const measure = new Measure(onBytes);
  await pipeline(rows, measure, async (chunks) => {
    for await (const _ of chunks);
  });
  return { rows: rows.rowCount, bytes: measure.bytes, sha256: measure.sha256() };
}

/** Number of rows and their digest, which do not depend on the order of the rows. */
export async function digestOf(client: pg.Client, table: Copied): Promise<{ rows: number; digest: string }> {
  const { rows } = await client.query<{ rows: string; digest: string }>(digestQuery(table));
  return { rows: Number(rows[0]!.rows), digest: rows[0]!.digest };
}

/** SHA-256 of generated columns, which COPY reads only through a query. */
export async function generatedOf(
  client: pg.Client,
  table: Pick<Copied, "schema" | "name">,
  columns: readonly string[],
  encoding: string,
): Promise<string> {
  const source = `(SELECT ${columns.map(identifier).join(", ")} FROM ONLY ${qualified(table)})`;
  return (await contentOfSource(client, source, encoding)).sha256;
}
