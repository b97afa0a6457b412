import { choose } from "../catalogue/choose.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import { VARIABLES } from "../contract/variables.ts";
import { connectionOf, type Settings } from "../settings.ts";
import { restoreBeside } from "../takeover/beside.ts";
import { Phases } from "../takeover/phases.ts";
import { selectionOf } from "../takeover/selection.ts";
import { SiteDatabase } from "../takeover/site-database.ts";
import { loadOptions } from "./load-options.ts";
import { withStore } from "./run.ts";

/** Restores a dump into a new database beside the live one, to look for lost data. */
export async function besideCommand(settings: Settings): Promise<void> {
  const database = new SiteDatabase(connectionOf(settings));
  const wish = settings.restore;
  const name = scratchName(settings, database.live.database);
  const options = loadOptions(settings);
  await withStore(settings, async (store) => {
    const entry = choose(await loadCatalogue(store), ...selectionOf(wish));
    // The live database may hold data: it is not replaced.
    const ask = { store, database, ...options, wish: { ...wish, replace: true } };
    await restoreBeside(ask, { entry, name, toServe: false }, new Phases());
    say(`${entry.id} of ${entry.snapshotAt} is the database ${name} now`);
  });
}

/** Name of the new database. One of that name is replaced, so it must belong to this site. */
function scratchName(settings: Settings, live: string): string {
  const name = settings.scratchDatabase;
  if (name.startsWith(`${live}_scratch_`)) return name;
  throw new BackupError("input", `${VARIABLES.scratchDatabase.name}: must start with ${live}_scratch_, got ${name}`);
}
