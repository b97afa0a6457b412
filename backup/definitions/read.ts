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
  /** An archive of pg_dump. */
  readonly file: string;
  readonly entries: readonly TocEntry[];
}

/** Nobody has a table for that long but one who changes it, or waits for somebody who reads it. */
const LOCK_WAIT_MS = 5000;

/** Everything but rows, as pg_dump's own archive: what it knows about kinds of objects and their dependencies is not to be written again. */
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

/** Of these the archive has everything all the same; the comparison would find it, if not. */
const HARMLESS = /dependency loop|circular foreign-key|^pg_\w+: (detail|hint):|You might not be able to restore/;

/** A tool that leaves something out says so, and ends well. */
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
