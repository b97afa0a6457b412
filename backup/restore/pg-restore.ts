import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { Connection } from "../database/connection.ts";
import { withLibpq } from "../database/libpq.ts";
import { type Definitions, heed } from "../definitions/read.ts";
import type { TocEntry } from "../definitions/toc.ts";
import { BackupError } from "../errors.ts";
import { DISK_CURE, LOCKS_CURE } from "../failure.ts";

const execute = promisify(execFile);

/** Restores the wanted entries of an archive, as the role that connects, in `parallelism` sessions. */
export async function restoreEntries(
  target: Connection,
  { entries, file }: Definitions,
  wanted: (entry: TocEntry) => boolean,
  parallelism = 1,
): Promise<void> {
  const chosen = entries.filter(wanted);
  if (chosen.length === 0) return;
  const list = path.join(path.dirname(file), "list");
  // Only by number, because a name may contain anything.
  writeFileSync(list, chosen.map(({ id }) => `${id};\n`).join(""));
  // Only with --verbose does pg_restore print the entry at which it failed.
  const args = [
    "--verbose",
    "--exit-on-error",
    `--use-list=${list}`,
    `--dbname=${target.database}`,
    `--jobs=${parallelism}`,
    file,
  ];
  await withLibpq(target, async (env) => {
    try {
      const { stderr } = await execute("pg_restore", args, { env, maxBuffer: Infinity });
      heed("pg_restore", warningsIn(stderr));
    } catch (error) {
      if (error instanceof BackupError) throw error;
      throw failureOf(error as Failed);
    }
  });
}

/** Warnings, out of pg_restore's progress and the server's notices. */
const warningsIn = (printed: string) =>
  printed
    .split("\n")
    .filter((line) => /^pg_restore: (warning|error|detail|hint): /.test(line))
    .join("\n");

interface Failed extends Error {
  readonly code?: number | string;
  readonly stderr?: string;
}

/** Messages of Postgres and libpq for failures that may pass, which the definition did not cause. */
const PASSING = new RegExp(
  [
    "server closed the connection|connection to server|could not (connect|receive|send)|terminating connection|the database system is",
    "No space left on device|could not (extend|write|create|open|fsync) (file|temporary|directory)|out of (shared )?memory",
    "canceling statement|deadlock detected|too many connections|remaining connection slots|being accessed by other users",
  ].join("|"),
);

function failureOf(error: Failed): BackupError {
  const printed = (error.stderr || error.message).trim();
  // The message, without the progress before it and the command after it: names and bodies may contain anything.
  const [, told = printed] = /^(pg_restore: error: [^]*?)(\nCommand was: [^]*)?$/m.exec(printed) ?? [];
  const options = { cause: error };
  const refused = /could not execute query: ERROR:\s+(.*)/.exec(told);
  if (refused && !PASSING.test(told))
    return new BackupError(
      "unrestorable",
      `${entryIn(printed)}: cannot be made by a recovery, got ${refused[1]!}; ${cureOf(refused[1]!)}`,
      options,
    );
  const ended = `pg_restore: must end well, got exit code ${error.code ?? "none"}: ${told.slice(-4000)}`;
  if (/out of shared memory/.test(told)) return new BackupError("refused", `${ended}; ${LOCKS_CURE}`, options);
  return new BackupError("database", /No space left on device/.test(told) ? `${ended}; ${DISK_CURE}` : ended, options);
}

/** Kind, name and owner of the object, from `from TOC entry 3312; 3466 16384 EVENT TRIGGER watch postgres`. */
const entryIn = (printed: string): string => {
  const [, entry] = [...printed.matchAll(/from TOC entry \d+; \d+ \d+ (.*)/g)].at(-1) ?? [];
  return entry === undefined ? "an object" : entry.replace(/ (\S+)$/, ", of $1");
};

const cureOf = (message: string): string => {
  if (/permission denied|must be (a )?(owner|superuser|member)|superuser/i.test(message))
    return "let the database's owner own it and all that it needs, or drop it";
  if (/does not exist/.test(message))
    return "a recovery has an empty search_path: name the schema of all it uses, or give its functions one by ALTER FUNCTION … SET search_path";
  return "change it until pg_restore brings it back into an empty database, or drop it";
};
