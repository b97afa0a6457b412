import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { Connection } from "../database/connection.ts";
import { withLibpq } from "../database/libpq.ts";
import { BackupError } from "../errors.ts";
import { DISK_CURE } from "../failure.ts";

const execute = promisify(execFile);

/** The parts of an archive: what rows need, sequences' values, and what needs rows. */
export type Section = "pre-data" | "data" | "post-data";

async function pgRestore(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  try {
    return (await execute("pg_restore", args, { env, maxBuffer: Infinity })).stdout;
  } catch (error) {
    const { code, stderr = "" } = error as { code?: number | string; stderr?: string };
    const printed = stderr.slice(-4000).trim();
    const cure = /No space left on device/.test(printed) ? `; ${DISK_CURE}` : "";
    throw new BackupError("database", `pg_restore: must end well, got exit code ${code ?? "none"}: ${printed}${cure}`, {
      cause: error,
    });
  }
}

/** Comments on extensions belong to whoever installed them, which is not the role that restores. */
const RESTORED = (line: string) => !/ COMMENT - EXTENSION /.test(line);

/** What of the archive is to be restored, in a file that pg_restore reads. */
export async function listOf(archive: string): Promise<string> {
  const list = path.join(path.dirname(archive), "list");
  const lines = (await pgRestore(["--list", archive], process.env)).split("\n");
  writeFileSync(list, lines.filter(RESTORED).join("\n"));
  return list;
}

/** Restores one part of the archive, as the role that connects or as another it may become. */
export const restoreSection = (
  connection: Connection,
  archive: { file: string; list: string },
  section: Section,
  { jobs, role }: { jobs: number; role?: string },
) =>
  withLibpq(connection, (env) =>
    pgRestore(
      [
        ...["--exit-on-error", `--section=${section}`, `--use-list=${archive.list}`, `--dbname=${connection.database}`],
        ...(role ? [`--role=${role}`] : []),
        ...(section === "post-data" ? [`--jobs=${jobs}`] : []),
        archive.file,
      ],
      env,
    ),
  );
