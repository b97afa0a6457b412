import { loadCatalogue } from "../catalogue/document.ts";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import { connectionOf, type Settings } from "../settings.ts";
import { release } from "../takeover/heartbeat.ts";
import { SiteDatabase } from "../takeover/site-database.ts";
import { withStore } from "./run.ts";

/** Makes the site's database read-only, so that a last dump holds every write and another site may take over. */
export async function fenceCommand(settings: Settings): Promise<void> {
  await new SiteDatabase(connectionOf(settings)).fence();
  await withStore(settings, (store) => release(store, settings.site));
  say("the database takes no writes any more; dump it, and let another site take over");
}

/** Lets the database take writes again, as long as no other site has taken over. */
export async function unfenceCommand(settings: Settings): Promise<void> {
  const { site } = settings;
  const catalogue = await withStore(settings, loadCatalogue);
  if (catalogue && catalogue.site !== site)
    throw new BackupError(
      "fenced",
      `site ${site}: may not serve, got ${catalogue.site} as the site in charge; take over from it with acci:restore`,
    );
  await new SiteDatabase(connectionOf(settings)).unfence();
  say("the database takes writes again");
}
