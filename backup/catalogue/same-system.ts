import { BackupError } from "../errors.ts";
import type { Catalogue, Entry } from "./schema.ts";

type Known = Pick<Entry, "id" | "serverVersion" | "systemIdentifier">;

/**
 * Refuses to publish a dump of a recreated database: it is empty, and must not become the newest dump. A database that was upgraded in
 * place has a new system identifier too; the operator names it with `adopted`.
 */
export function assertSameSystem({ entries, epoch }: Catalogue, dump: Known, adopted?: string): void {
  const before = entries.filter((entry) => entry.epoch === epoch).at(-1);
  if (!before || [before.systemIdentifier, adopted].includes(dump.systemIdentifier)) return;
  throw new BackupError(
    "refused",
    `dump ${dump.id}: must be of system ${before.systemIdentifier}, as ${before.id} is, got ${dump.systemIdentifier}; ${cureFor(before, dump)}`,
  );
}

/** Names the more likely case first: an empty database that is adopted by mistake would in time be all there is. */
function cureFor(before: Known, { serverVersion, systemIdentifier }: Known): string {
  const restore = "bring the last dump back with acci:restore, or begin anew under another acci:backups.store.prefix";
  const adopt = `set acci:backups.adopt to "${systemIdentifier}"`;
  return majorOf(serverVersion) > majorOf(before.serverVersion)
    ? `this database was upgraded in place from ${before.serverVersion} to ${serverVersion}, most likely: look whether its rows are there, ` +
        `and ${adopt}; if it was created again, ${restore}`
    : `this database was created again: ${restore}; only if it is the same one, upgraded in place, ${adopt}`;
}

const majorOf = (version: string) => Number.parseInt(version, 10);
