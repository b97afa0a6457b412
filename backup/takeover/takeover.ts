import { choose } from "../catalogue/choose.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import { withPin } from "../catalogue/pin.ts";
import type { Catalogue, Entry } from "../catalogue/schema.ts";
import { takeOver } from "../catalogue/takeover.ts";
import { withClient } from "../database/connection.ts";
import { identityOf } from "../database/identity.ts";
import { rolesOf } from "../database/roles.ts";
import type { Manifest } from "../dump/manifest.ts";
import { readManifest } from "../dump/store-manifest.ts";
import { BackupError } from "../errors.ts";
import { requireIdentity } from "../identity.ts";
import { say } from "../progress.ts";
import { compareSchema } from "../restore/compare.ts";
import { load } from "../restore/load.ts";
import type { Store } from "../store/store.ts";
import { type Cache, invalidate } from "../cache/invalidate.ts";
import { refuseLiving } from "./heartbeat.ts";
import { Phases } from "./phases.ts";
import { admitDump, type Wish } from "./plan.ts";
import { readReport, type Report, storeReport } from "./report.ts";
import { selectionOf } from "./selection.ts";
import type { SiteDatabase } from "./site-database.ts";

export interface Takeover {
  readonly site: string;
  readonly store: Store;
  readonly database: SiteDatabase;
  readonly cache: Cache;
  readonly wish: Wish;
  readonly jobs: number;
  /** age secret key. */
  readonly identity?: string;
}

/**
 * Makes this site the one in charge, with the chosen dump as its database. Every step can be repeated: whoever was killed in the middle
 * is run again and goes on. The live database is touched by one rename, when all that replaces it has been proven.
 */
export async function takeover(ask: Takeover): Promise<Report> {
  const startedAt = new Date();
  const phases = new Phases();
  const catalogue = await phases.run("choosing", () => requireCatalogue(ask));
  const done = await finished(ask, catalogue);
  if (done) return done;

  if (catalogue.site !== ask.site && !ask.wish.evenIfAlive) await refuseLiving(ask.store, catalogue);
  const prepared = (chosen: Entry) => withPin(ask.store, chosen.id, () => prepare(ask, chosen, phases));
  let { entry, manifest } = await prepared(chooseFor(ask, catalogue));
  const tenure = await phases.run("taking over", () => chargeOf(ask, catalogue, entry));
  // Shut out now, the old site can publish no more; what it did until then is not to be lost.
  for (;;) {
    const last = chooseFor(ask, await requireCatalogue(ask));
    if (last.id === entry.id) break;
    say(`${last.id} was published meanwhile, and is newer`);
    ({ entry, manifest } = await prepared(last));
  }
  await phases.run("swapping", () => install(ask, entry, manifest, tenure.epoch));
  await phases.run("emptying the cache", () => invalidate(ask.cache));
  return tell(ask, { entry, epoch: tenure.epoch, startedAt, phases: phases.seconds });
}

interface Done {
  readonly entry: Entry;
  readonly epoch: number;
  readonly startedAt: Date;
  readonly phases: Record<string, number>;
}

async function tell({ database, site, store }: Takeover, { entry, epoch, phases, startedAt }: Done): Promise<Report> {
  const report: Report = {
    site,
    epoch,
    dump: entry.id,
    snapshotAt: entry.snapshotAt,
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    rpoSeconds: Number(((startedAt.getTime() - Date.parse(entry.snapshotAt)) / 1000).toFixed(1)),
    phases,
    rows: entry.rows,
    bytes: entry.rawBytes,
    keptAs: keptName(database, epoch),
    ...(entry.image ? { image: entry.image } : {}),
  };
  await storeReport(store, report);
  return report;
}

const keptName = (database: SiteDatabase, epoch: number) => `${database.live.database}_before_${epoch}`;

async function requireCatalogue({ store }: Takeover): Promise<Catalogue> {
  const catalogue = await loadCatalogue(store);
  if (catalogue) return catalogue;
  throw new BackupError(
    "refused",
    `${store.place}: must have a catalogue, got none; correct acci:backups.store, or start an empty site on purpose without acci:restore`,
  );
}

/**
 * A site in charge whose database is the one it took over with has nothing left to do but what comes after the swap. With another
 * database it was interrupted, or has lost its own.
 */
async function finished(ask: Takeover, catalogue: Catalogue): Promise<Report | undefined> {
  if (catalogue.site !== ask.site) return undefined;
  const origin = await ask.database.origin();
  if (origin?.epoch !== catalogue.epoch) return undefined;
  await invalidate(ask.cache);
  say(`${ask.site} took over in epoch ${catalogue.epoch} with ${origin.dump} already; nothing is restored again`);
  const told = await readReport(ask.store, catalogue.epoch);
  if (told) return told;
  // Killed after the swap: what the steps took died with it.
  const entry = chooseFor({ ...ask, wish: { ...ask.wish, dump: origin.dump } }, catalogue);
  return tell(ask, {
    entry,
    epoch: catalogue.epoch,
    startedAt: new Date(catalogue.takeover?.at ?? entry.verifiedAt),
    phases: {},
  });
}

const chooseFor = ({ wish }: Takeover, catalogue: Catalogue): Entry => choose(catalogue, ...selectionOf(wish));

/** Restores the chosen dump beside the live database and compares it; changes nothing that anyone sees. */
async function prepare(ask: Takeover, entry: Entry, phases: Phases): Promise<{ entry: Entry; manifest: Manifest }> {
  const { database, identity, jobs, store, wish } = ask;
  say(`dump ${entry.id} of ${entry.snapshotAt}, ${entry.rows} rows`);
  requireIdentity(entry.recipients, identity);
  const manifest = await phases.run("checking", async () => {
    const read = await readManifest(store, entry.manifest);
    admitDump(entry, read, await targetOf(database), wish);
    return read;
  });
  const name = besideName(entry.id);
  await phases.run("restoring", async () => {
    const beside = await database.create(name, manifest.database);
    await load(beside, store, manifest, { jobs, ...(identity ? { identity } : {}) });
  });
  await phases.run("comparing", async () => {
    const problems = await compareSchema(database.beside(name), manifest);
    if (problems.length > 0 && !wish.unverified)
      throw new BackupError(
        "proof",
        [`${entry.id}: must come back as it was dumped`, ...problems.slice(0, 20)].join("\n  "),
      );
  });
  return { entry, manifest };
}

const targetOf = async (database: SiteDatabase) => ({
  ...(await withClient(database.live, async (client) => ({
    identity: await identityOf(client),
    roles: await rolesOf(client),
  }))),
  filledTables: await database.filledTables(),
});

/** Of a database that is not the site's yet. */
const besideName = (dump: string) => `acci_new_${dump.slice(-6)}`;

async function chargeOf({ site, store }: Takeover, catalogue: Catalogue, { id }: Entry) {
  if (catalogue.site === site) return { site, epoch: catalogue.epoch };
  return takeOver(store, { site, from: { site: catalogue.site, epoch: catalogue.epoch }, dump: id });
}

async function install({ database }: Takeover, entry: Entry, manifest: Manifest, epoch: number): Promise<void> {
  const name = besideName(entry.id);
  await database.configure(name, manifest.database);
  await database.remember(name, { dump: entry.id, epoch });
  await database.swap(name, keptName(database, epoch));
}
