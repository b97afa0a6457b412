import { cacheOf, connectionOf, type Settings } from "../settings.ts";
import { SiteDatabase } from "../failover/site-database.ts";
import { undo } from "../failover/undo.ts";
import { withStore } from "./run.ts";

/** Returns to the database that the last restore replaced. */
export async function failoverUndoCommand(settings: Settings): Promise<void> {
  await withStore(settings, (store) =>
    undo({
      site: settings.site,
      store,
      database: new SiteDatabase(connectionOf(settings)),
      cache: cacheOf(settings),
    }),
  );
}
