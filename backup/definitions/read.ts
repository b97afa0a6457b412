import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Connection } from "../database/connection.ts";
import { withLibpq } from "../database/libpq.ts";
import { BackupError } from "../errors.ts";
import { LOCKS_CURE } from "../failure.ts";
import { say } from "../progress.ts";
import { readToc, type TocEntry } from "./toc.ts";

export interface Definitions {
  /** Path of an archive of pg_dump. */
  readonly file: string;
  readonly entries: readonly TocEntry[];
}

/**
 * Longest wait for a table's lock. Only a session that changes the table, or waits behind a reader to change it, blocks it for that long.
 */
const LOCK_WAIT_MS = 5000;

/**
 * Writes everything but rows to an archive of pg_dump, so that its handling of all kinds of objects and their dependencies is used and not
 * written again.
 */
export async function readDefinitions(
  connection: Connection,
  file: string,
  { snapshot }: { readonly snapshot?: string } = {},
): Promise<Definitions> {
  const args = [
    ...["--format=custom", "--compress=0", "--schema-only", `--lock-wait-timeout=${LOCK_WAIT_MS}`],
    ...(snapshot ? [`--snapshot=${snapshot}`] : []),
  ];
  await withLibpq(connection, async (env) => {
    const dump = spawn("pg_dump", args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const ended = new Promise<number | null>((resolve, reject) => dump.once("error", reject).once("close", resolve));
    let printed = "";
    dump.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text));
    try {
      const [, code] = await Promise.all([pipeline(dump.stdout, createWriteStream(file)), ended]);
      if (code !== 0) throw endedBadly(code, printed.slice(-4000).trim());
      heed("pg_dump", printed);
    } finally {
      dump.kill();
    }
  });
  return { file, entries: readToc(file) };
}

function endedBadly(code: number | null, printed: string): BackupError {
  const told = `pg_dump: must end well, got exit code ${code ?? "none"}: ${printed}`;
  return /out of shared memory/.test(printed)
    ? new BackupError("refused", `${told}; ${LOCKS_CURE}`)
    : new BackupError("database", told);
}

/** Warnings despite which the archive is complete. If it were not, the comparison would find that. */
const HARMLESS = /dependency loop|circular foreign-key|^pg_\w+: (detail|hint):|You might not be able to restore/;

/** Throws on warnings, because a tool that leaves something out only warns, and exits with 0. */
export function heed(tool: string, printed: string): void {
  const lines = printed.split("\n").filter((line) => line.trim() !== "");
  const serious = lines.filter((line) => !HARMLESS.test(line));
  if (serious.length > 0)
    throw new BackupError(
      "unrestorable",
      `${tool}: must have nothing to warn of, got ${serious.join("; ")}; change or drop what it names`,
    );
  for (const line of lines) say(line);
}
