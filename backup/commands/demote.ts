import { loadCatalogue } from "../catalogue/document.ts";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import { connectionOf, type Settings } from "../settings.ts";
import { release } from "../failover/heartbeat.ts";
import { SiteDatabase } from "../failover/site-database.ts";
import { withStore } from "./run.ts";

/** Makes the site's database read-only, so that a last dump holds every write and the failover to another site may follow. */
export async function demoteCommand(settings: Settings): Promise<void> {
  await new SiteDatabase(connectionOf(settings)).demote();
  await withStore(settings, (store) => release(store, settings.site));
  say("the database takes no writes any more; dump it, and fail over to another site");
}

/** Lets the database take writes again, as long as no other site is the active one. */
export async function promoteCommand(settings: Settings): Promise<void> {
  const { site } = settings;
  const catalogue = await withStore(settings, loadCatalogue);
  if (catalogue && catalogue.site !== site)
    throw new BackupError(
      "fenced",
      `site ${site}: may not serve, got ${catalogue.site} as the active site; fail over from it with acci:restore`,
    );
  await new SiteDatabase(connectionOf(settings)).promote();
  say("the database takes writes again");
}
