import type pg from "pg";
import { from } from "pg-copy-streams";
import { copyTarget, qualified } from "../database/tables.ts";
import type { DumpedTable } from "../dump/manifest.ts";
import { BackupError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { fetch } from "./fetch.ts";

/**
 * Fills an empty table with the rows of the dump. Emptied in the same transaction, so that rows are appended in their order, which the
 * content hash needs, and are written frozen.
 */
export async function copyIn(
  client: pg.Client,
  store: Store,
  table: DumpedTable,
  options: { identity?: string; onBytes?: (bytes: number) => void },
): Promise<void> {
  await client.query("BEGIN");
  await client.query(`TRUNCATE ONLY ${qualified(table)}`);
  const sink = client.query(from(`COPY ${copyTarget(table)} FROM STDIN (FREEZE)`));
  // When its session ends with it unfinished, it fails once more, after everyone has stopped listening.
  sink.on("error", () => {});
  await fetch(store, table.data, sink, options);
  if (sink.rowCount !== table.rows)
    throw new BackupError(
      "proof",
      `table ${qualified(table)}: must take ${table.rows} rows, got ${sink.rowCount}; the dump is not whole`,
    );
  await client.query("COMMIT");
}
