import { choose } from "../catalogue/choose.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import type { Catalogue, Entry } from "../catalogue/schema.ts";
import type { ArchiveRecovery, Report } from "../contract/shapes.ts";
import { activate } from "../catalogue/activation.ts";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import { type Cache, invalidate } from "../cache/invalidate.ts";
import { sinceBegun } from "./begin.ts";
import { type RestoreCopy, restoreCopy } from "./restore-copy.ts";
import { recoveryOf, requireEnd, requireRecovered } from "./from-archive.ts";
import { refuseLiving } from "./heartbeat.ts";
import { Phases } from "./phases.ts";
import { readReport, storeReport } from "./report.ts";
import { selectionOf } from "./selection.ts";
import { requireServed } from "./served.ts";

export interface Failover extends RestoreCopy {
  readonly site: string;
  readonly cache: Cache;
  /** Replicas of the database, some of which may still be joining. @default 0 */
  readonly replicas?: number;
  /** Newest migration of the application that will be deployed on the dump. @default - not known */
  readonly applicationSchema?: number;
  /** The only epoch in which it may happen, from a request that knew the active site then. @default - any */
  readonly epoch?: number;
}

/**
 * Makes this site active, with the chosen dump as its database, or with one that was recovered from the archive. Every step can be
 * repeated, so a killed run is started again and continues. The live database is replaced by one rename, after its replacement was
 * verified.
 */
export async function failover(given: Failover): Promise<Report> {
  const startedAt = new Date();
  const phases = new Phases();
  const catalogue = await phases.run("choosing", () => requireCatalogue(given));
  const done = await finished(given, catalogue);
  if (done) return done;

  const epoch = epochFor(given, catalogue);
  // Measured only until the report of this epoch exists; later runs are not part of the recovery.
  if (!(await readReport(given.store, epoch))) phases.note("infrastructure", await sinceBegun(given.store, epoch));
  if (catalogue.site !== given.site && !given.request.evenIfAlive) await refuseLiving(given.store, catalogue);
  const recovery = recoveryOf(given, catalogue, epoch);
  const due = { catalogue, epoch, phases };
  const brought = recovery ? await adoptRecovered(given, recovery, due) : await restoreDump(given, due);
  await given.database.requestCheckpoint();
  // Emptied again: the application that served until now has filled it.
  await phases.run("emptying the cache", () => invalidate(given.cache));
  return tell(given, { ...brought, epoch, startedAt, phases: phases.seconds });
}

interface Due {
  readonly catalogue: Catalogue;
  readonly epoch: number;
  readonly phases: Phases;
}

/** What the site's database has become. */
interface Brought {
  readonly entry: Entry;
  /** @default - the dump's numbers */
  readonly recovered?: Pick<Report, "archive" | "bytes" | "rows" | "shrunk">;
}

async function restoreDump(given: Failover, { catalogue, epoch, phases }: Due): Promise<Brought> {
  // A database that was recovered for a failover by archive, which then went by dump, holds nothing of this site's own.
  const isUnused = given.request.archive?.epoch === epoch && catalogue.site !== given.site;
  const request = isUnused ? { replace: true } : {};
  const asked = { ...given, request: { ...given.request, ...request } };
  await given.database.requireSwappable(given.database.keptName(epoch));
  if (given.replicas) await given.database.retainWal();
  let entry = await prepare(asked, chooseFor(given, catalogue), phases);
  // A cache that cannot be emptied must be found while the old site may still go on.
  await phases.run("trying the cache", () => invalidate(given.cache));
  for (;;) {
    const newer = await phases.run("activating", () => activateSite(given, catalogue, entry));
    if (!newer) break;
    say(`${newer.id} was published meanwhile, and is newer`);
    entry = await prepare(asked, newer, phases);
  }
  await phases.run("swapping", () => swapIn(given, entry, epoch));
  return { entry };
}

/** Makes the site active with the database as it is, which was recovered from the archive of the lost site. */
async function adoptRecovered(given: Failover, archive: ArchiveRecovery, due: Due): Promise<Brought> {
  const { database } = given;
  const { catalogue, epoch, phases } = due;
  const entry = chooseFor(given, catalogue);
  // The agent makes a site that is not active read-only, which ends the sessions that compare.
  if (!(await database.isDemoted())) await database.demote();
  const recovered = await phases.run("comparing", () => requireRecovered(given, archive, entry));
  // A cache that cannot be emptied must be found while the old site may still go on.
  await phases.run("trying the cache", () => invalidate(given.cache));
  await phases.run("activating", async () => {
    if (catalogue.site === given.site) return;
    await requireEnd(given, archive);
    const from = { site: catalogue.site, epoch: catalogue.epoch };
    await activate(given.store, { site: given.site, from, dump: entry.id });
  });
  await database.promote();
  await database.remember(database.live.database, { dump: entry.id, epoch, archive });
  return { entry, recovered: { archive, ...recovered } };
}

interface Done extends Brought {
  readonly epoch: number;
  readonly startedAt: Date;
  readonly phases: Record<string, number>;
}

async function tell(
  { database, request, site, store }: Failover,
  { entry, epoch, phases, recovered, startedAt }: Done,
): Promise<Report> {
  const snapshotAt = recovered?.archive?.reachesTo ?? entry.snapshotAt;
  // The lost site was silent when the update began, and the recovery came before this Job.
  const silent = recovered && !request.evenIfAlive ? (phases["infrastructure"] ?? 0) : 0;
  const report: Report = {
    site,
    epoch,
    dump: entry.id,
    snapshotAt,
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    rpoSeconds: Number(((startedAt.getTime() - Date.parse(snapshotAt)) / 1000 - silent).toFixed(1)),
    phases,
    rows: entry.rows,
    bytes: entry.rawBytes,
    ...(recovered ?? { keptAs: database.keptName(epoch) }),
    ...(entry.image ? { image: entry.image } : {}),
  };
  await storeReport(store, report);
  return report;
}

/** The epoch in which this site is active, or would be after the failover. */
function epochFor({ epoch: wanted, site }: Failover, catalogue: Catalogue): number {
  const epoch = catalogue.site === site ? catalogue.epoch : catalogue.epoch + 1;
  if (wanted === undefined || wanted === epoch) return epoch;
  throw new BackupError(
    "fenced",
    `failover by ${site}: must begin epoch ${wanted}, got ${catalogue.site} active since epoch ${catalogue.epoch}; another failover came first: ` +
      "look at that site, and run `pulumi up` again to decide anew",
  );
}

async function requireCatalogue({ store }: Failover): Promise<Catalogue> {
  const catalogue = await loadCatalogue(store);
  if (catalogue) return catalogue;
  throw new BackupError(
    "refused",
    `${store.place}: must have a catalogue, got none; correct acci:backups.store, or start an empty site on purpose without acci:restore`,
  );
}

/**
 * The report of a failover that is complete up to the swap: the site is active, and its database is the one of that failover. With
 * another database the failover was interrupted, or the site has lost its database.
 */
async function finished(given: Failover, catalogue: Catalogue): Promise<Report | undefined> {
  if (catalogue.site !== given.site) return undefined;
  const origin = await given.database.origin();
  if (origin?.epoch !== catalogue.epoch) return undefined;
  // A dump that is requested by name is a new request; `newest` names another dump every day.
  if (given.request.dump && given.request.dump !== origin.dump) return undefined;
  await invalidate(given.cache);
  say(
    `${given.site} is active by the failover of epoch ${catalogue.epoch} with ${origin.dump} already; nothing is restored again`,
  );
  const told = await readReport(given.store, catalogue.epoch);
  if (told) return told;
  // The previous run was killed after the swap: the durations of its steps are lost.
  const entry = chooseFor({ ...given, request: { ...given.request, dump: origin.dump } }, catalogue);
  const { archive } = origin;
  return tell(given, {
    entry,
    ...(archive ? { recovered: { archive, rows: entry.rows, bytes: entry.rawBytes } } : {}),
    epoch: catalogue.epoch,
    startedAt: new Date(catalogue.takeover?.at ?? entry.verifiedAt),
    phases: {},
  });
}

const chooseFor = ({ request }: Failover, catalogue: Catalogue): Entry => choose(catalogue, ...selectionOf(request));

/** Restores the dump into a database that only has to be renamed. */
async function prepare(given: Failover, entry: Entry, phases: Phases): Promise<Entry> {
  const name = newName(entry.id);
  await restoreCopy(given, { entry, name, toServe: true }, phases);
  await requireServed(given.database, name, entry.id, given.applicationSchema);
  return entry;
}

/** Name of the restored database before it is the site's. */
const newName = (dump: string) => `acci_new_${dump.slice(-6)}`;

/**
 * Replaces the active site, unless it has published a newer dump meanwhile, which is returned instead: its writes must not be lost. One
 * change of the catalogue decides both, so nothing can happen in between.
 */
async function activateSite(given: Failover, catalogue: Catalogue, { id }: Entry): Promise<Entry | undefined> {
  const { site, store } = given;
  if (catalogue.site === site) return undefined;
  let newer: Entry | undefined;
  const from = { site: catalogue.site, epoch: catalogue.epoch };
  const admit = (found: Catalogue) => {
    const last = chooseFor(given, found);
    newer = last.id === id ? undefined : last;
    return newer === undefined;
  };
  await activate(store, { site, from, dump: id, admit });
  return newer;
}

async function swapIn({ database }: Failover, entry: Entry, epoch: number): Promise<void> {
  const name = newName(entry.id);
  await database.remember(name, { dump: entry.id, epoch });
  await database.swap(name, database.keptName(epoch));
}
