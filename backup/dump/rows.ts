import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import pg from "pg";
import { qualified, type Table } from "../database/tables.ts";
import { parallel } from "../parallel.ts";
import { Progress } from "../progress.ts";
import type { Store } from "../store/store.ts";
import { type Unit, unitsOf } from "./bundles.ts";
import { copyOut, digestOf, generatedOf } from "./copy-out.ts";
import type { DumpedTable, Stored } from "./manifest.ts";
import { write } from "./write.ts";

export interface Rows {
  readonly store: Store;
  /** Folder of the dump's objects. */
  readonly folder: string;
  readonly recipients: readonly string[];
  readonly encoding: string;
  /** Session that has a lock on every table. */
  readonly leader: pg.Client;
  readonly lanes: readonly pg.Client[];
}

/** SQLSTATE of NOWAIT when a session waits to change the table; a later lock would queue behind that session. */
const LOCK_NOT_AVAILABLE = "55P03";

/** Copies the rows of all tables to the store, one unit per lane at a time. */
export async function writeRows(
  rows: Rows,
  tables: readonly Table[],
): Promise<{ tables: DumpedTable[]; bundles: Stored[] }> {
  const units = unitsOf(tables, Math.max(rows.lanes.length, 1));
  const progress = new Progress("dumped", {
    bytes: tables.reduce((sum, { size }) => sum + size, 0),
    items: tables.length,
  });
  const bundles: Stored[] = [];
  const waiting = new Leader(rows.leader);
  const written = await parallel([...units.entries()], rows.lanes.length, async ([i, unit], lane) => {
    const key = `${rows.folder}/tables/${String(i + 1).padStart(5, "0")}`;
    const found = unit.map(() => ({}) as Part);
    const source = Readable.from(unitRows(rows, unit, { lane: rows.lanes[lane]!, waiting, found, progress }));
    const size = unit.reduce((sum, table) => sum + table.size, 0);
    const stored = await write(rows.store, key, source, { recipients: rows.recipients, size });
    const alone = unit.length === 1;
    if (!alone) bundles.push(stored);
    const bundle = bundles.length - 1;
    return unit.map((table, at): DumpedTable => {
      const { rawBytes, rawSha256, ...read } = found[at]!;
      return { ...namesOf(table), ...read, data: alone ? stored : { bundle, rawBytes, rawSha256 } };
    });
  });
  const order = new Map(tables.map((table, i) => [qualified(table), i]));
  const sorted = written.flat().sort((a, b) => order.get(qualified(a))! - order.get(qualified(b))!);
  return { tables: sorted, bundles };
}

const namesOf = ({ columns, condition, name, reach, schema }: Table) => ({
  schema,
  name,
  columns: [...columns],
  reach,
  condition,
});

/** Results of reading one table. */
interface Part extends Pick<DumpedTable, "rows" | "digest" | "generated"> {
  rawBytes: number;
  rawSha256: string;
}

interface Work {
  readonly lane: pg.Client;
  readonly waiting: Leader;
  /** Filled while the rows stream. */
  readonly found: Part[];
  readonly progress: Progress;
}

/** Rows of the unit's tables, one table after the other. */
async function* unitRows(rows: Rows, unit: Unit, work: Work): AsyncGenerator<Buffer> {
  const { found, lane, progress, waiting } = work;
  for (const [i, table] of unit.entries()) {
    const part = found[i]!;
    // A lane must never wait for a table: it would queue behind a session that waits for the leader's lock, and the leader's lock lasts
    // until the lanes are done. The leader, which has the lock, reads such a table.
    const ours = await locks(lane, table);
    const session = ours ? lane : await waiting.acquire();
    try {
      yield* tableRows(session, table, rows.encoding, part, work);
    } finally {
      if (!ours) waiting.release();
    }
    progress.finished();
  }
}

async function* tableRows(session: pg.Client, table: Table, encoding: string, part: Part, { found, progress }: Work) {
  // A table that is alone in its object needs no hash here: the object is hashed where it is written.
  const hash = found.length > 1 ? createHash("sha256") : undefined;
  let bytes = 0;
  const source = copyOut(session, table, encoding);
  for await (const chunk of source as AsyncIterable<Buffer>) {
    hash?.update(chunk);
    bytes += chunk.length;
    progress.add(chunk.length);
    yield chunk;
  }
  Object.assign(part, { rows: source.rowCount, rawBytes: bytes, rawSha256: hash?.digest("hex") ?? "" });
  if (table.reach === "partitions") part.digest = (await digestOf(session, table)).digest;
  if (table.generated.length > 0) {
    const sha256 = await generatedOf(session, table, table.generated, encoding);
    part.generated = { columns: [...table.generated], sha256 };
  }
}

/** Locks the table, inside a savepoint, so that a refusal does not abort the transaction. False when another session is in the way. */
async function locks(session: pg.Client, table: Table): Promise<boolean> {
  // With its partitions, if they are read as part of the table.
  const which = `${table.reach === "partitions" ? "" : "ONLY "}${qualified(table)}`;
  try {
    await session.query(
      `SAVEPOINT locking; LOCK TABLE ${which} IN ACCESS SHARE MODE NOWAIT; RELEASE SAVEPOINT locking`,
    );
    return true;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== LOCK_NOT_AVAILABLE) throw error;
    await session.query("ROLLBACK TO SAVEPOINT locking; RELEASE SAVEPOINT locking");
    return false;
  }
}

/** The leader's session, which one lane uses at a time. */
class Leader {
  readonly #session: pg.Client;
  #last: Promise<void> = Promise.resolve();
  #done: () => void = () => {};

  constructor(session: pg.Client) {
    this.#session = session;
  }

  async acquire(): Promise<pg.Client> {
    const before = this.#last;
    let done!: () => void;
    this.#last = new Promise((resolve) => (done = resolve));
    await before;
    this.#done = done;
    return this.#session;
  }

  release(): void {
    this.#done();
  }
}
