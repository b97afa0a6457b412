import http from "node:http";
import { loadCatalogue } from "../catalogue/document.ts";
import type { Catalogue } from "../catalogue/schema.ts";
import { METRICS_PORT } from "../contract/commands.ts";
import { recoveryMetricsOf } from "../drill/metrics.ts";
import { readDrills } from "../drill/record.ts";
import { readLastCopy, readLastRun } from "../last-run.ts";
import { scrapeFailures, metricsOf } from "../metrics.ts";
import { say } from "../progress.ts";
import { connectionOf, type Settings } from "../settings.ts";
import type { Store } from "../store/store.ts";
import { beat, secondsBetweenBeats } from "../takeover/heartbeat.ts";
import { readReport } from "../takeover/report.ts";
import { SiteDatabase } from "../takeover/site-database.ts";
import { withStore } from "./run.ts";

/** Never returns. It changes nothing while the store is away: a site does not stop because of that. */
export async function watchCommand(settings: Settings): Promise<void> {
  const { drillEverySeconds: every, offsite: hasSecond, replicas = 0, silenceSeconds: silence, site } = settings;
  const database = new SiteDatabase(connectionOf(settings));
  let metrics = "";
  let failures = 0;
  const server = http.createServer((request, response) => {
    const body = request.url === "/metrics" ? `${metrics}${scrapeFailures(site, failures)}` : "ok\n";
    response.setHeader("content-type", "text/plain; version=0.0.4").end(body);
  });
  server.listen(METRICS_PORT);
  process.once("SIGTERM", () => process.exit(0));
  await withStore(settings, async (store) => {
    for (;;) {
      try {
        metrics = await look(store, { site, database, every, hasSecond, replicas, silence });
        failures = 0;
      } catch (error) {
        failures += 1;
        say(`watch: ${(error as Error).message}`);
      }
      await new Promise((next) => setTimeout(next, secondsBetweenBeats(silence) * 1000));
    }
  });
}

interface Watched {
  readonly site: string;
  readonly database: SiteDatabase;
  /** Seconds between drills. */
  readonly every: number | undefined;
  /** Whether dumps are copied to a second store. */
  readonly hasSecond: boolean;
  /** Replicas of the database, for which a restore retains WAL. */
  readonly replicas: number;
  /** Seconds for which a sign of life holds. */
  readonly silence: number;
}

async function look(store: Store, { database, every, hasSecond, replicas, silence, site }: Watched): Promise<string> {
  const catalogue = await loadCatalogue(store);
  if (catalogue) await act(store, { site, database, silence }, catalogue);
  await database.releaseWal(replicas);
  const lastRun = await readLastRun(store, site);
  const lastCopy = hasSecond ? await readLastCopy(store, site) : undefined;
  const takeover = catalogue?.site === site ? await readReport(store, catalogue.epoch) : undefined;
  const drills = await readDrills(store, site);
  const dumps = { site, ...(lastRun && { lastRun }), ...(hasSecond && { offsite: { ...(lastCopy && { lastCopy }) } }) };
  return (
    metricsOf(catalogue, dumps, await store.now()) +
    recoveryMetricsOf({ site, catalogue, drills, ...(every ? { every } : {}), ...(takeover ? { takeover } : {}) })
  );
}

/** Renews the sign of life of a site in charge; makes the database of a replaced site read-only. */
async function act(
  store: Store,
  { database, silence, site }: Pick<Watched, "database" | "silence" | "site">,
  catalogue: Catalogue,
): Promise<void> {
  const fenced = await database.isFenced();
  if (catalogue.site === site) {
    // A site that was fenced by hand gives no sign of life: it waits for its successor.
    if (!fenced) await beat(store, site, silence);
  } else if (!fenced) {
    await database.fence();
    // Checked again, because had this site taken over meanwhile, the database of that name would be the new one.
    if ((await loadCatalogue(store))?.site === site) return database.unfence();
    say(`${catalogue.site} is in charge since epoch ${catalogue.epoch}: the database of ${site} is read-only now`);
  }
}
