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

/** Restores those of an archive's entries that are wanted, as the role that connects; several at a time where there are several jobs. */
export async function restoreEntries(
  target: Connection,
  { entries, file }: Definitions,
  wanted: (entry: TocEntry) => boolean,
  jobs = 1,
): Promise<void> {
  const chosen = entries.filter(wanted);
  if (chosen.length === 0) return;
  const list = path.join(path.dirname(file), "list");
  // By number alone: a name may have anything in it.
  writeFileSync(list, chosen.map(({ id }) => `${id};\n`).join(""));
  // Only then it says which entry it failed at.
  const args = [
    "--verbose",
    "--exit-on-error",
    `--use-list=${list}`,
    `--dbname=${target.database}`,
    `--jobs=${jobs}`,
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

/** Of what it says of its progress, and of what the server says meanwhile. */
const warningsIn = (printed: string) =>
  printed
    .split("\n")
    .filter((line) => /^pg_restore: (warning|error|detail|hint): /.test(line))
    .join("\n");

interface Failed extends Error {
  readonly code?: number | string;
  readonly stderr?: string;
}

/** What Postgres and libpq say when it is not what was asked that is to blame. */
const PASSING = new RegExp(
  [
    "server closed the connection|connection to server|could not (connect|receive|send)|terminating connection|the database system is",
    "No space left on device|could not (extend|write|create|open|fsync) (file|temporary|directory)|out of (shared )?memory",
    "canceling statement|deadlock detected|too many connections|remaining connection slots|being accessed by other users",
  ].join("|"),
);

function failureOf(error: Failed): BackupError {
  const printed = (error.stderr || error.message).trim();
  // Before it is its progress, after it the command: names and bodies may say anything.
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

/** `from TOC entry 3312; 3466 16384 EVENT TRIGGER watch postgres`: what it is, and whose. */
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
