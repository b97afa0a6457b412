import pg from "pg";
import { BackupError } from "./errors.ts";

/** What the database said in the middle of something is its failure; what nobody foresaw is ours. */
export function asFailure(error: Error): BackupError {
  if (error instanceof BackupError) return error;
  const ofDatabase = error instanceof pg.DatabaseError || /^Connection terminated|ECONNRESET|EPIPE/.test(error.message);
  return new BackupError(ofDatabase ? "database" : "bug", error.message, { cause: error });
}
