import { choose } from "../catalogue/choose.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import type { Catalogue, Entry } from "../catalogue/schema.ts";
import type { Report } from "../contract/shapes.ts";
import { takeOver } from "../catalogue/takeover.ts";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import { type Cache, invalidate } from "../cache/invalidate.ts";
import { sinceBegun } from "./begin.ts";
import { type Beside, restoreBeside } from "./beside.ts";
import { refuseLiving } from "./heartbeat.ts";
import { Phases } from "./phases.ts";
import { readReport, storeReport } from "./report.ts";
import { selectionOf } from "./selection.ts";

export interface Takeover extends Beside {
  readonly site: string;
  readonly cache: Cache;
  /** Replicas of the database, some of which may still be joining. @default 0 */
  readonly replicas?: number;
  /** The only epoch in which it may happen, from a request that knew the site in charge then. @default - any */
  readonly epoch?: number;
}

/**
 * Puts this site in charge, with the chosen dump as its database. Every step can be repeated, so a killed run is started again and
 * continues. The live database is replaced by one rename, after its replacement was verified.
 */
export async function takeover(ask: Takeover): Promise<Report> {
  const startedAt = new Date();
  const phases = new Phases();
  const catalogue = await phases.run("choosing", () => requireCatalogue(ask));
  const done = await finished(ask, catalogue);
  if (done) return done;

  const epoch = epochFor(ask, catalogue);
  // Measured only until the report of this epoch exists; later runs are not part of the recovery.
  if (!(await readReport(ask.store, epoch))) phases.note("infrastructure", await sinceBegun(ask.store, epoch));
  if (catalogue.site !== ask.site && !ask.wish.evenIfAlive) await refuseLiving(ask.store, catalogue);
  await ask.database.requireSwappable(ask.database.keptName(epoch));
  if (ask.replicas) await ask.database.retainWal();
  let entry = await prepare(ask, chooseFor(ask, catalogue), phases);
  // A cache that cannot be emptied must be found while the old site may still go on.
  await phases.run("trying the cache", () => invalidate(ask.cache));
  for (;;) {
    const newer = await phases.run("taking over", () => takeCharge(ask, catalogue, entry));
    if (!newer) break;
    say(`${newer.id} was published meanwhile, and is newer`);
    entry = await prepare(ask, newer, phases);
  }
  await phases.run("swapping", () => swapIn(ask, entry, epoch));
  await ask.database.requestCheckpoint();
  // Emptied again: the application that served until now has filled it.
  await phases.run("emptying the cache", () => invalidate(ask.cache));
  return tell(ask, { entry, epoch, startedAt, phases: phases.seconds });
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
    keptAs: database.keptName(epoch),
    ...(entry.image ? { image: entry.image } : {}),
  };
  await storeReport(store, report);
  return report;
}

/** The epoch in which this site is in charge, or would be after the takeover. */
function epochFor({ epoch: wanted, site }: Takeover, catalogue: Catalogue): number {
  const epoch = catalogue.site === site ? catalogue.epoch : catalogue.epoch + 1;
  if (wanted === undefined || wanted === epoch) return epoch;
  throw new BackupError(
    "fenced",
    `takeover by ${site}: must begin epoch ${wanted}, got ${catalogue.site} in charge since epoch ${catalogue.epoch}; another takeover came first: ` +
      "look at that site, and run `pulumi up` again to decide anew",
  );
}

async function requireCatalogue({ store }: Takeover): Promise<Catalogue> {
  const catalogue = await loadCatalogue(store);
  if (catalogue) return catalogue;
  throw new BackupError(
    "refused",
    `${store.place}: must have a catalogue, got none; correct acci:backups.store, or start an empty site on purpose without acci:restore`,
  );
}

/**
 * The report of a takeover that is complete up to the swap: the site is in charge, and its database is the one it took over with. With
 * another database the takeover was interrupted, or the site has lost its database.
 */
async function finished(ask: Takeover, catalogue: Catalogue): Promise<Report | undefined> {
  if (catalogue.site !== ask.site) return undefined;
  const origin = await ask.database.origin();
  if (origin?.epoch !== catalogue.epoch) return undefined;
  // A dump that is requested by name is a new request; `newest` names another dump every day.
  if (ask.wish.dump && ask.wish.dump !== origin.dump) return undefined;
  await invalidate(ask.cache);
  say(`${ask.site} took over in epoch ${catalogue.epoch} with ${origin.dump} already; nothing is restored again`);
  const told = await readReport(ask.store, catalogue.epoch);
  if (told) return told;
  // The previous run was killed after the swap: the durations of its steps are lost.
  const entry = chooseFor({ ...ask, wish: { ...ask.wish, dump: origin.dump } }, catalogue);
  return tell(ask, {
    entry,
    epoch: catalogue.epoch,
    startedAt: new Date(catalogue.takeover?.at ?? entry.verifiedAt),
    phases: {},
  });
}

const chooseFor = ({ wish }: Takeover, catalogue: Catalogue): Entry => choose(catalogue, ...selectionOf(wish));

/** Restores the dump into a database that only has to be renamed. */
async function prepare(ask: Takeover, entry: Entry, phases: Phases): Promise<Entry> {
  const name = besideName(entry.id);
  await restoreBeside(ask, { entry, name, toServe: true }, phases);
  return entry;
}

/** Name of the restored database before it is the site's. */
const besideName = (dump: string) => `acci_new_${dump.slice(-6)}`;

/**
 * Replaces the site in charge, unless it has published a newer dump meanwhile, which is returned instead: its writes must not be lost. One
 * change of the catalogue decides both, so nothing can happen in between.
 */
async function takeCharge(ask: Takeover, catalogue: Catalogue, { id }: Entry): Promise<Entry | undefined> {
  const { site, store } = ask;
  if (catalogue.site === site) return undefined;
  let newer: Entry | undefined;
  const from = { site: catalogue.site, epoch: catalogue.epoch };
  const admit = (found: Catalogue) => {
    const last = chooseFor(ask, found);
    newer = last.id === id ? undefined : last;
    return newer === undefined;
  };
  await takeOver(store, { site, from, dump: id, admit });
  return newer;
}

async function swapIn({ database }: Takeover, entry: Entry, epoch: number): Promise<void> {
  const name = besideName(entry.id);
  await database.remember(name, { dump: entry.id, epoch });
  await database.swap(name, database.keptName(epoch));
}
