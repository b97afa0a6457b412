import { say } from "../progress.ts";
import { cacheOf, connectionOf, type Settings } from "../settings.ts";
import { SiteDatabase } from "../takeover/site-database.ts";
import { takeover } from "../takeover/takeover.ts";
import { loadOptions } from "./load-options.ts";
import { withStore } from "./run.ts";

/** Restores a dump as this site's database, and puts the site in charge. */
export async function takeoverCommand(settings: Settings): Promise<void> {
  const options = loadOptions(settings);
  const { epoch, replicas, restore: wish, site } = settings;
  const report = await withStore(settings, (store) =>
    takeover({
      site,
      store,
      database: new SiteDatabase(connectionOf(settings)),
      cache: cacheOf(settings),
      wish,
      ...options,
      ...(epoch ? { epoch } : {}),
      ...(replicas ? { replicas } : {}),
    }),
  );
  say(`${report.site} is in charge since epoch ${report.epoch}, with ${report.rows} rows of ${report.dump}`);
  say(
    `lost is what was written in the ${report.rpoSeconds} s before; the database of before is kept as ${report.keptAs}`,
  );
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
