import { readArchive } from "../archive/archive.ts";
import { outlookOf } from "../archive/outlook.ts";
import { serverOf } from "../archive/server.ts";
import type { Catalogue, Entry } from "../catalogue/schema.ts";
import type { ArchiveOutlook, RestoreRequest } from "../contract/shapes.ts";
import { BackupError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { lastBeat } from "./heartbeat.ts";

/** What the archive of the active site would bring back; undefined when that site has no archive. */
export async function archiveOf(
  store: Store,
  { epoch, site }: Catalogue,
  { at }: RestoreRequest,
  dump: Entry,
): Promise<ArchiveOutlook | undefined> {
  const server = await serverOf(store, site);
  try {
    const archive = await readArchive(store, server);
    if (!archive) return undefined;
    const moment = at ? { at: new Date(at) } : {};
    return outlookOf(archive, { epoch: epoch + 1, dump, lastBeat: await lastBeat(store, site), ...moment });
  } catch (error) {
    // The way by dump does not need the archive, so it must not fail with it.
    return { server, problem: `archive ${server}: must be readable, got ${(error as Error).message}` };
  }
}

/** The way of a failover. A way that was asked for and cannot be gone is refused; `newest` takes the one that loses less. */
export function wayOf(
  { from = "dump" }: RestoreRequest,
  archive: ArchiveOutlook | undefined,
  dump: Pick<Entry, "id" | "snapshotAt">,
  site: string,
): "dump" | "archive" {
  if (from === "dump") return "dump";
  if (archive?.recovery) return "archive";
  if (from === "newest") return "dump";
  const problem = archive?.problem ?? `archive of ${site}: must be below wal/ in the store, got nothing`;
  throw new BackupError(
    "refused",
    `${problem}; set acci:restore.from to dump, which brings back ${dump.id}, the state of ${dump.snapshotAt}`,
  );
}
