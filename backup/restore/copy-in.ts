import { createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import pg from "pg";
import { type CopyStreamQuery, from } from "pg-copy-streams";
import { isPassing } from "../database/passing.ts";
import { copyTarget, qualified } from "../database/tables.ts";
import type { DumpedTable } from "../dump/manifest.ts";
import { BackupError } from "../errors.ts";
import type { Progress } from "../progress.ts";
import { fetch } from "./fetch.ts";
import type { OpenDump } from "./open.ts";
import type { Unit } from "./units.ts";

/**
 * Fills empty tables with the rows of the dump, in one transaction. A table that has an object to itself is truncated in the same
 * transaction, so that its rows are written frozen; for small tables that would cost more than it saves.
 */
export async function copyIn(
  client: pg.Client,
  { manifest, opened, store }: Pick<OpenDump, "manifest" | "opened" | "store">,
  { object, tables }: Unit,
  progress: Progress,
): Promise<void> {
  await client.query("BEGIN");
  const frozen = "key" in tables[0]!.data && tables[0]!.reach === "own";
  if (frozen) await client.query(`TRUNCATE ONLY ${qualified(tables[0]!)}`);
  const options = `ENCODING '${manifest.database.encoding}'${frozen ? ", FREEZE" : ""}`;
  const sink = new TablesSink(client, tables, options, progress);
  try {
    await fetch(store, object, sink, opened);
  } catch (error) {
    throw refusal(sink.last, error as Error);
  }
  await client.query("COMMIT");
}

/** Rows that the table refuses now would be refused in every recovery. */
function refusal(table: DumpedTable | undefined, error: Error): Error {
  if (!table || !(error instanceof pg.DatabaseError) || isPassing(error)) return error;
  return new BackupError(
    "unrestorable",
    `table ${qualified(table)}: does not take its rows back, got ${error.message}; ` +
      "look at the checks, types and functions that decide on its rows: they must say the same with an empty search_path",
    { cause: error },
  );
}

interface Filling {
  readonly table: DumpedTable;
  readonly sink: CopyStreamQuery;
  /** Hash of a table that shares its object. Whole objects are hashed where they are read. */
  readonly hash: Hash | undefined;
  left: number;
}

/** Receives the rows of the tables, one table after the other. */
class TablesSink extends Writable {
  readonly #client: pg.Client;
  readonly #tables: readonly DumpedTable[];
  readonly #options: string;
  readonly #progress: Progress;
  #next = 0;
  #current: Filling | undefined;
  /** The table that last received rows. */
  last: DumpedTable | undefined;

  constructor(client: pg.Client, tables: readonly DumpedTable[], options: string, progress: Progress) {
    super({ highWaterMark: 1 << 20 });
    this.#client = client;
    this.#tables = tables;
    this.#options = options;
    this.#progress = progress;
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#take(chunk).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#end().then(() => done(), done);
  }

  async #take(chunk: Buffer): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      this.#current ??= this.#begin();
      // More bytes than the tables have are ignored here: the check of the object's own hash gives the clearer error.
      if (!this.#current) return;
      const part = rest.subarray(0, this.#current.left);
      rest = rest.subarray(part.length);
      await this.#give(this.#current, part);
      if (this.#current.left === 0) await this.#finish(this.#current);
    }
  }

  async #end(): Promise<void> {
    this.#current ??= this.#begin();
    if (!this.#current) return;
    const { left, table } = this.#current;
    throw new BackupError(
      "verification",
      `table ${qualified(table)}: must have ${left} more bytes; the dump is not whole`,
    );
  }

  /** Starts COPY for the next table that has rows. */
  #begin() {
    while (this.#next < this.#tables.length) {
      const table = this.#tables[this.#next++]!;
      if (table.data.rawBytes === 0) {
        this.#progress.finished();
        continue;
      }
      const sink = this.#client.query(from(`COPY ${copyTarget(table)} FROM STDIN (${this.#options})`));
      // When the session ends before the stream, the stream fails once more after its listeners are gone, which would end the process.
      sink.on("error", () => {});
      this.last = table;
      return {
        sink,
        hash: this.#tables.length > 1 ? createHash("sha256") : undefined,
        left: table.data.rawBytes,
        table,
      };
    }
    return undefined;
  }

  async #give(current: Filling, part: Buffer): Promise<void> {
    current.hash?.update(part);
    current.left -= part.length;
    this.#progress.add(part.length);
    if (current.sink.errored) throw current.sink.errored;
    if (!current.sink.write(part)) await once(current.sink, "drain");
  }

  async #finish({ hash, sink, table }: Filling): Promise<void> {
    this.#current = undefined;
    sink.end();
    await finished(sink);
    const found = hash?.digest("hex") ?? table.data.rawSha256;
    if (found !== table.data.rawSha256)
      throw new BackupError(
        "verification",
        `table ${qualified(table)}: SHA-256 must be ${table.data.rawSha256}, got ${found}; the dump was changed`,
      );
    if (sink.rowCount !== table.rows)
      throw new BackupError(
        "verification",
        `table ${qualified(table)}: must take ${table.rows} rows, got ${sink.rowCount}; the dump is not whole`,
      );
    this.#progress.finished();
  }
}
