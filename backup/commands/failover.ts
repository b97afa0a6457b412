import { say } from "../progress.ts";
import { cacheOf, connectionOf, type Settings } from "../settings.ts";
import { SiteDatabase } from "../failover/site-database.ts";
import { failover } from "../failover/failover.ts";
import { loadOptions } from "./load-options.ts";
import { withStore } from "./run.ts";

/** Restores a dump as this site's database, and makes the site active. */
export async function failoverCommand(settings: Settings): Promise<void> {
  const options = loadOptions(settings);
  const { applicationSchema, epoch, replicas, restore: request, site } = settings;
  const report = await withStore(settings, (store) =>
    failover({
      site,
      store,
      database: new SiteDatabase(connectionOf(settings)),
      cache: cacheOf(settings),
      request,
      ...options,
      ...(applicationSchema ? { applicationSchema } : {}),
      ...(epoch ? { epoch } : {}),
      ...(replicas ? { replicas } : {}),
    }),
  );
  const source = report.archive ? `the archive ${report.archive.server}` : report.dump;
  say(`${report.site} is active since epoch ${report.epoch}, with ${report.rows} rows of ${source}`);
  const kept = report.keptAs ? `; the database of before is kept as ${report.keptAs}` : "";
  say(`lost is what was written in the ${report.rpoSeconds} s before${kept}`);
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
