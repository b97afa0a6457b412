/** `node backup/main.ts <command>`: one step of a backup or of a restore, told by its environment what to do. */
import pg from "pg";
import { dumpCommand } from "./commands/dump.ts";
import { verifyCommand } from "./commands/verify.ts";
import { BackupError } from "./errors.ts";
import { say } from "./progress.ts";
import { Settings } from "./settings.ts";

const commands: Readonly<Record<string, (settings: Settings, args: readonly string[]) => Promise<void>>> = {
  dump: dumpCommand,
  verify: verifyCommand,
};

/** What the database said in the middle of something is its failure; what nobody foresaw is ours. */
function asFailure(error: Error): BackupError {
  if (error instanceof BackupError) return error;
  const ofDatabase = error instanceof pg.DatabaseError || /^Connection terminated|ECONNRESET|EPIPE/.test(error.message);
  return new BackupError(ofDatabase ? "database" : "bug", error.message, { cause: error });
}

const [name = "", ...args] = process.argv.slice(2);
try {
  const command = commands[name];
  if (!command)
    throw new BackupError(
      "input",
      `command: must be one of ${Object.keys(commands).join(", ")}, got ${name || "nothing"}`,
    );
  await command(new Settings(process.env), args);
} catch (error) {
  const failure = asFailure(error as Error);
  say(`${name}: ${failure.message}`);
  // A bug: then the place matters.
  if (failure.kind === "bug") say((error as Error).stack ?? "");
  // What is still at work must not go on when the lease is lost.
  process.exit(failure.exitCode);
}
