import { loadCatalogue } from "../catalogue/document.ts";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import type { Settings } from "../settings.ts";
import { release } from "../takeover/heartbeat.ts";
import { SiteDatabase } from "../takeover/site-database.ts";
import { withStore } from "./run.ts";

/** Makes the site's database read-only, so that a last dump has everything and another site may take over. */
export async function fenceCommand(settings: Settings): Promise<void> {
  await new SiteDatabase(settings.connection()).fence();
  await withStore(settings, (store) => release(store, settings.text("ACCI_SITE")));
  say("the database takes no writes any more; dump it, and let another site take over");
}

/** The way back, as long as no other site took over. */
export async function unfenceCommand(settings: Settings): Promise<void> {
  const site = settings.text("ACCI_SITE");
  const catalogue = await withStore(settings, loadCatalogue);
  if (catalogue && catalogue.site !== site)
    throw new BackupError(
      "fenced",
      `site ${site}: may not serve, got ${catalogue.site} as the site in charge; take over from it with acci:restore`,
    );
  await new SiteDatabase(settings.connection()).unfence();
  say("the database takes writes again");
}
