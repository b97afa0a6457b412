import pg from "pg";
import { BackupError } from "./errors.ts";

export const DISK_CURE =
  "raise acci:backups.scratch.storage for the throwaway server, acci:postgres.storage for the site's, and run it again";

/** What Postgres says, by code, in words that help. */
const TOLD: Readonly<Record<string, readonly [problem: string, cure: string]>> = {
  "53100": ["its disk is full", DISK_CURE],
  "55P03": [
    "a table was locked by another session for longer than a minute",
    "let that session end, such as a migration, and run it again",
  ],
};

/** What the database said in the middle of something is its failure; what nobody foresaw is ours. */
export function asFailure(error: Error & { readonly code?: string }): BackupError {
  if (error instanceof BackupError) return error;
  const { code = "", message } = error;
  const database = (text: string) => new BackupError("database", text, { cause: error });
  if (code === "ENOSPC")
    return database(
      `temporary files: must fit, got ${message}; look at the node's disk, and at what makes the archive of the schema so large`,
    );
  const told = TOLD[code];
  if (told) return database(`database: ${told[0]}, ${message}; ${told[1]}`);
  if (error instanceof pg.DatabaseError) return database(`database: ${message}`);
  if (/^Connection terminated|ECONNRESET|EPIPE/.test(message))
    return database(
      `database: went away in the middle, ${message}; look whether it was restarted or switched over, and run it again`,
    );
  return new BackupError("bug", message, { cause: error });
}
