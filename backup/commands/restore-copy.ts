import { choose } from "../catalogue/choose.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import { VARIABLES } from "../contract/variables.ts";
import { connectionOf, type Settings } from "../settings.ts";
import { restoreCopy } from "../failover/restore-copy.ts";
import { Phases } from "../failover/phases.ts";
import { selectionOf } from "../failover/selection.ts";
import { SiteDatabase } from "../failover/site-database.ts";
import { loadOptions } from "./load-options.ts";
import { withStore } from "./run.ts";

/** Restores a dump into a new database beside the live one, to look for lost data. */
export async function restoreCopyCommand(settings: Settings): Promise<void> {
  const database = new SiteDatabase(connectionOf(settings));
  const request = settings.restore;
  const name = copyName(settings, database.live.database);
  const options = loadOptions(settings);
  await withStore(settings, async (store) => {
    const entry = choose(await loadCatalogue(store), ...selectionOf(request));
    // The live database may hold data: it is not replaced.
    const given = { store, database, ...options, request: { ...request, replace: true } };
    await restoreCopy(given, { entry, name, toServe: false }, new Phases());
    say(`${entry.id} of ${entry.snapshotAt} is the database ${name} now`);
  });
}

/** Name of the new database. One of that name is replaced, so it must belong to this site. */
function copyName(settings: Settings, live: string): string {
  const name = settings.copyDatabase;
  if (name.startsWith(`${live}_copy_`)) return name;
  throw new BackupError("input", `${VARIABLES.copyDatabase.name}: must start with ${live}_copy_, got ${name}`);
}
