import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { to, type CopyToStreamQuery } from "pg-copy-streams";
import { copyTarget, type Table } from "../database/tables.ts";
import { Measure } from "../streams.ts";

type Target = Pick<Table, "schema" | "name" | "columns">;

/** A table's rows as text, in the order they lie in its file; without those of tables that inherit from it. */
export function copyOut(client: pg.Client, table: Target): CopyToStreamQuery {
  const rows = client.query(to(`COPY ${copyTarget(table)} TO STDOUT`));
  // When its session ends with it unfinished, it fails once more, after everyone has stopped listening.
  rows.on("error", () => {});
  return rows;
}

/** What a table holds: the same for a table and its exact copy. */
export async function contentOf(client: pg.Client, table: Target, onBytes?: (bytes: number) => void) {
  const rows = copyOut(client, table);
  const measure = new Measure(onBytes);
  await pipeline(rows, measure, async (stream) => {
    for await (const _ of stream);
  });
  return { rows: rows.rowCount, bytes: measure.bytes, sha256: measure.sha256() };
}
