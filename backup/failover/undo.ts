import { type Cache, invalidate } from "../cache/invalidate.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import type { Store } from "../store/store.ts";
import type { SiteDatabase } from "./site-database.ts";

export interface Undo {
  readonly site: string;
  readonly store: Store;
  readonly database: SiteDatabase;
  readonly cache: Cache;
}

/**
 * Puts the database that the last restore replaced back in its place, and keeps the other. Only the data goes back: the site stays in
 * charge, so its epoch moves to the database that serves. An interrupted run is finished by the next.
 */
export async function undo({ cache, database, site, store }: Undo): Promise<void> {
  const catalogue = await loadCatalogue(store);
  if (catalogue?.site !== site)
    throw refused(
      `site ${site}: must be active to go back to its data, got ${catalogue?.site ?? "no catalogue"}; let it fail over instead (docs/runbooks/failback.md)`,
    );
  const kept = database.keptName(catalogue.epoch);
  const undone = database.undoneName(catalogue.epoch);
  if (await database.exists(kept)) await goBack(database, kept, undone);
  else if (!(await database.exists(undone)))
    throw refused(
      `database ${kept}: must be here to go back to, got none; it was dropped, or nothing was restored here`,
    );
  await database.promote();
  await invalidate(cache);
  say(`the database of before is back; what was written since the restore is in ${undone} alone`);
}

async function goBack(database: SiteDatabase, kept: string, undone: string): Promise<void> {
  if (await database.exists(undone))
    throw refused(
      `database ${undone}: must not exist, got one of an earlier way back; drop it with \`make database-drop-replaced\``,
    );
  if ((await database.filledTables(kept)).length === 0)
    throw refused(`database ${kept}: must hold rows, got none; this site had no data before the restore`);
  const origin = await database.origin();
  if (origin) await database.remember(kept, origin);
  await database.swap(kept, undone);
}

const refused = (message: string) => new BackupError("refused", message);
