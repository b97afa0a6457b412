import type pg from "pg";
import { connect, type Connection } from "../database/connection.ts";
import { withSessions } from "../database/sessions.ts";
import { type DumpedTable, type Manifest, totalOf } from "../dump/manifest.ts";
import { parallel } from "../parallel.ts";
import { Progress } from "../progress.ts";

/** Does something with every table of a dump in a database, a few at a time, the largest first, and says how far it is. */
export async function eachTable<T>(
  target: Connection,
  manifest: Manifest,
  { jobs, verb }: { readonly jobs: number; readonly verb: string },
  work: (session: pg.Client, table: DumpedTable, onBytes: (bytes: number) => void) => Promise<T>,
): Promise<T[]> {
  const tables = manifest.tables.toSorted((a, b) => b.data.rawBytes - a.data.rawBytes);
  const progress = new Progress(verb, { bytes: totalOf(manifest, "rawBytes"), items: tables.length });
  const onBytes = (bytes: number) => progress.add(bytes);
  return withSessions(
    Math.min(jobs, tables.length),
    () => connect(target),
    (sessions) =>
      parallel(tables, jobs, async (table, lane) => {
        const result = await work(sessions[lane]!, table, onBytes);
        progress.finished();
        return result;
      }),
  );
}
