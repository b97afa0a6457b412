import { type Connection, withClient } from "../database/connection.ts";
import { qualified, tablesOf } from "../database/tables.ts";
import { contentOf } from "../dump/copy-out.ts";
import type { DumpedTable, Manifest } from "../dump/manifest.ts";
import { eachUnit } from "../restore/each-unit.ts";

export interface Comparison {
  /** Why the database cannot be what the dump became; each is a sentence. */
  readonly problems: readonly string[];
  /** Tables with fewer rows than in the dump, in words. Rows are also deleted in normal work, so this is told and not refused. */
  readonly shrunk: string[];
  /** Number of tables that are as in the dump, byte by byte. */
  readonly same: number;
  readonly rows: number;
}

/**
 * Compares a recovered database with an earlier dump of the same one. Each table is read as a whole, which checks the checksum of every
 * page of it.
 */
export async function compareWithDump(
  target: Connection,
  manifest: Manifest,
  parallelism: number,
): Promise<Comparison> {
  const { encoding } = manifest.database;
  // As they are now: a migration since the dump may have changed their columns.
  const there = new Map((await withClient(target, tablesOf)).map((table) => [qualified(table), table]));
  const read = await eachUnit(target, { manifest, parallelism }, "compared", async (session, { tables }, progress) => {
    const found: Found[] = [];
    for (const before of tables) {
      const table = there.get(qualified(before));
      if (table) {
        const { rows, sha256 } = await contentOf(session, table, encoding, (bytes) => progress.add(bytes));
        found.push({ before, rows, isSame: sha256 === before.data.rawSha256 });
      }
      progress.finished();
    }
    return found;
  });
  const found = read.flat();
  const missing = manifest.tables.filter((table) => !there.has(qualified(table)));
  const emptied = found.filter(({ before, rows }) => rows === 0 && before.rows > 0);
  const fewer = found.filter(({ before, rows }) => rows < before.rows && rows > 0);
  return {
    problems: [
      ...missing.map((table) => `table ${qualified(table)}: must be there, as in ${manifest.id}, got none`),
      ...emptied.map(({ before }) => `table ${qualified(before)}: must have rows, as in ${manifest.id}, got none`),
    ],
    shrunk: fewer.map(({ before, rows }) => `${qualified(before)}: ${rows} rows of ${before.rows}`),
    same: found.filter(({ isSame }) => isSame).length,
    rows: found.reduce((sum, { rows }) => sum + rows, 0),
  };
}

interface Found {
  /** The table as the dump has it. */
  readonly before: DumpedTable;
  readonly rows: number;
  readonly isSame: boolean;
}
