import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import type { Connection } from "../database/connection.ts";
import { withLibpq } from "../database/libpq.ts";
import { qualified, type Table } from "../database/tables.ts";
import { BackupError } from "../errors.ts";
import type { Snapshot } from "./snapshot.ts";

/** A name as pg_dump's patterns take it: quoted, so that nothing in it is a wildcard. */
const exclude = (table: Table) => `--exclude-table-data=${qualified(table)}`;

/** Everything but the rows of these tables, as pg_dump's own archive: what it knows about dependencies is not to be written again. */
export async function withArchive<T>(
  connection: Connection,
  snapshot: Snapshot,
  tables: readonly Table[],
  work: (archive: Readable) => Promise<T>,
): Promise<T> {
  const args = [
    ...["--format=custom", "--compress=0", `--snapshot=${snapshot.name}`, "--lock-wait-timeout=60000"],
    "--no-unlogged-table-data",
    ...tables.map(exclude),
  ];
  return withLibpq(connection, async (env) => {
    const dump = spawn("pg_dump", args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const ended = once(dump, "close") as Promise<[number | null]>;
    let printed = "";
    dump.stderr.setEncoding("utf8").on("data", (text: string) => (printed = (printed + text).slice(-4000)));
    try {
      const [result, [code]] = await Promise.all([work(dump.stdout), ended]);
      if (code !== 0)
        throw new BackupError("database", `pg_dump: must end well, got exit code ${code ?? "none"}: ${printed.trim()}`);
      return result;
    } finally {
      dump.kill();
    }
  });
}

/** Of the tools that will write and read the archive: `15.14`. */
export async function clientVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)("pg_dump", ["--version"], { env: process.env });
  return /\d+(\.\d+)*/.exec(stdout)?.[0] ?? "unknown";
}
