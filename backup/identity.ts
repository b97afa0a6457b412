import { readFileSync } from "node:fs";
import { BackupError } from "./errors.ts";

/** The secret key in a file that `age-keygen` wrote, comments included; undefined without a file. */
export function readIdentity(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const key = readFileSync(file, "utf8")
    .split("\n")
    .find((line) => line.startsWith("AGE-SECRET-KEY-"));
  if (!key)
    throw new BackupError(
      "input",
      `${file}: must hold an age secret key, got none; write what age-keygen printed into it`,
    );
  return key.trim();
}

/** Throws when the dump could not be opened, before hours of work instead of after them. */
export function requireIdentity(recipients: readonly string[], identity: string | undefined): void {
  if (recipients.length > 0 && identity === undefined)
    throw new BackupError(
      "refused",
      `identity: is needed for a dump encrypted to ${recipients.join(", ")}, got none; set acci:backupIdentity to the age secret key`,
    );
}
