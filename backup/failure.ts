import pg from "pg";
import { isPassing } from "./database/passing.ts";
import { BackupError } from "./errors.ts";

export const DISK_CURE =
  "raise acci:backups.verification.storage for the verification server, acci:postgres.storage for the site's, and run it again";

export const LOCKS_CURE =
  "raise max_locks_per_transaction of the database server, of which a dump needs one lock a table and some more";

/** Problem and cure by SQLSTATE, for codes whose own message does not help. */
const TOLD: Readonly<Record<string, readonly [problem: string, cure: string]>> = {
  "53100": ["its disk is full", DISK_CURE],
  "55P03": [
    "a table was locked by another session for longer than a minute",
    "let that session end, such as a migration, and run it again",
  ],
};

/**
 * Turns any error into a failure of a kind. An error from the database in the middle of the work is a failure of the database; an
 * unforeseen error is a bug.
 */
export function asFailure(error: Error & { readonly code?: string }): BackupError {
  if (error instanceof BackupError) return error;
  const { code = "", message } = error;
  const database = (text: string) => new BackupError("database", text, { cause: error });
  if (code === "ENOSPC")
    return database(
      `temporary files: must fit, got ${message}; look at the node's disk, and at what makes the archive of the schema so large`,
    );
  if (code === "53200" && /shared memory/.test(message))
    return new BackupError("refused", `database: ${message}; ${LOCKS_CURE}`, { cause: error });
  const told = TOLD[code];
  if (told) return database(`database: ${told[0]}, ${message}; ${told[1]}`);
  // An error that the server would repeat is `refused`, so that it is not retried.
  if (error instanceof pg.DatabaseError)
    return new BackupError(isPassing(error) ? "database" : "refused", `database: ${message}`, { cause: error });
  if (/^Connection terminated|ECONNRESET|EPIPE/.test(message))
    return database(
      `database: went away in the middle, ${message}; look whether it was restarted or switched over, and run it again`,
    );
  return new BackupError("bug", message, { cause: error });
}
