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
import { beat, secondsBetweenBeats } from "../failover/heartbeat.ts";
import { readReport } from "../failover/report.ts";
import { SiteDatabase } from "../failover/site-database.ts";
import { rolloutMetricsOf } from "../rollout/metrics.ts";
import { readRollouts } from "../rollout/record.ts";
import { withStore } from "./run.ts";

/** Never returns. It changes nothing while the store is away: a site does not stop because of that. */
export async function agentCommand(settings: Settings): Promise<void> {
  const {
    drillEverySeconds: every,
    heartbeatTimeoutSeconds: timeout,
    offsite: hasSecond,
    replicas = 0,
    site,
  } = settings;
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
        metrics = await look(store, { site, database, every, hasSecond, replicas, timeout });
        failures = 0;
      } catch (error) {
        failures += 1;
        say(`agent: ${(error as Error).message}`);
      }
      await new Promise((next) => setTimeout(next, secondsBetweenBeats(timeout) * 1000));
    }
  });
}

interface Observed {
  readonly site: string;
  readonly database: SiteDatabase;
  /** Seconds between drills. */
  readonly every: number | undefined;
  /** Whether dumps are copied to a second store. */
  readonly hasSecond: boolean;
  /** Replicas of the database, for which a restore retains WAL. */
  readonly replicas: number;
  /** Seconds for which a heartbeat holds. */
  readonly timeout: number;
}

async function look(store: Store, { database, every, hasSecond, replicas, site, timeout }: Observed): Promise<string> {
  const catalogue = await loadCatalogue(store);
  if (catalogue) await act(store, { site, database, timeout }, catalogue);
  await database.releaseWal(replicas);
  const lastRun = await readLastRun(store, site);
  const lastCopy = hasSecond ? await readLastCopy(store, site) : undefined;
  const failover = catalogue?.site === site ? await readReport(store, catalogue.epoch) : undefined;
  const drills = await readDrills(store, site);
  const rollouts = await readRollouts(store, site);
  const dumps = { site, ...(lastRun && { lastRun }), ...(hasSecond && { offsite: { ...(lastCopy && { lastCopy }) } }) };
  return (
    metricsOf(catalogue, dumps, await store.now()) +
    recoveryMetricsOf({ site, catalogue, drills, ...(every ? { every } : {}), ...(failover ? { failover } : {}) }) +
    rolloutMetricsOf(site, rollouts)
  );
}

/** Renews the heartbeat of an active site; makes the database of a replaced site read-only. */
async function act(
  store: Store,
  { database, site, timeout }: Pick<Observed, "database" | "timeout" | "site">,
  catalogue: Catalogue,
): Promise<void> {
  const demoted = await database.isDemoted();
  if (catalogue.site === site) {
    // A site that was demoted by hand gives no heartbeat: it waits for its successor.
    if (!demoted) await beat(store, site, timeout);
  } else if (!demoted) {
    await database.demote();
    // Checked again, because had this site failed over meanwhile, the database of that name would be the new one.
    if ((await loadCatalogue(store))?.site === site) return database.promote();
    say(`${catalogue.site} is active since epoch ${catalogue.epoch}: the database of ${site} is read-only now`);
  }
}
