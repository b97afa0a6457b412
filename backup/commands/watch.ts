import { recordServer } from "../archive/server.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import type { Catalogue } from "../catalogue/schema.ts";
import { recoveryMetricsOf } from "../drill/metrics.ts";
import { readDrills } from "../drill/record.ts";
import { beat } from "../failover/heartbeat.ts";
import { readReport } from "../failover/report.ts";
import type { SiteDatabase } from "../failover/site-database.ts";
import { readLastCopy, readLastRun } from "../last-run.ts";
import { scrapeFailures, metricsOf } from "../metrics.ts";
import { say } from "../progress.ts";
import { rolloutMetricsOf } from "../rollout/metrics.ts";
import { readRollouts } from "../rollout/record.ts";
import type { Store } from "../store/store.ts";

export interface Observed {
  readonly site: string;
  readonly database: SiteDatabase;
  /** Folder that the database archives to. @default - there is no archive */
  readonly archive?: string | undefined;
  /** Seconds between drills. */
  readonly every: number | undefined;
  /** Whether dumps are copied to a second store. */
  readonly hasSecond: boolean;
  /** Replicas of the database, for which a restore retains WAL. */
  readonly replicas: number;
  /** Seconds for which a heartbeat holds. */
  readonly timeout: number;
}

/** What the agent sees of a site, look by look, and what its metrics say of it. A look that fails leaves what was seen before. */
export class Watch {
  readonly #observed: Observed;
  #seen = "";
  #failures = 0;

  constructor(observed: Observed) {
    this.#observed = observed;
  }

  /** In Prometheus' text format. */
  get metrics(): string {
    return `${this.#seen}${scrapeFailures(this.#observed.site, this.#failures)}`;
  }

  async look(store: Store): Promise<void> {
    try {
      this.#seen = await look(store, this.#observed);
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      say(`agent: ${(error as Error).message}`);
    }
  }
}

async function look(
  store: Store,
  { archive, database, every, hasSecond, replicas, site, timeout }: Observed,
): Promise<string> {
  const catalogue = await loadCatalogue(store);
  if (catalogue) await act(store, { site, archive, database, timeout }, catalogue);
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
  { archive, database, site, timeout }: Pick<Observed, "archive" | "database" | "timeout" | "site">,
  catalogue: Catalogue,
): Promise<void> {
  const demoted = await database.isDemoted();
  if (catalogue.site === site) {
    // A site that was demoted by hand gives no heartbeat: it waits for its successor.
    if (!demoted) await beat(store, site, timeout);
    if (archive) {
      await recordServer(store, site, archive);
      await database.markWal();
    }
  } else if (!demoted) {
    await database.demote();
    // Checked again, because had this site failed over meanwhile, the database of that name would be the new one.
    if ((await loadCatalogue(store))?.site === site) return database.promote();
    say(`${catalogue.site} is active since epoch ${catalogue.epoch}: the database of ${site} is read-only now`);
  }
}
