import { newServerOf } from "../archive/server.ts";
import { choose } from "../catalogue/choose.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import type { Plan, Report } from "../contract/shapes.ts";
import type { Settings } from "../settings.ts";
import { begin } from "../failover/begin.ts";
import { refuseLiving } from "../failover/heartbeat.ts";
import { readReport } from "../failover/report.ts";
import { selectionOf } from "../failover/selection.ts";
import { archiveOf, wayOf } from "../failover/way.ts";
import type { Store } from "../store/store.ts";
import { withStore } from "./run.ts";

const print = (answer: Plan | Report | null) => void process.stdout.write(`${JSON.stringify(answer)}\n`);

/** Prints the report of the last failover, if it was this site's. */
export async function reportCommand(settings: Settings): Promise<void> {
  const { site } = settings;
  await withStore(settings, async (store) => {
    const catalogue = await loadCatalogue(store);
    print(catalogue?.site === site ? ((await readReport(store, catalogue.epoch)) ?? null) : null);
  });
}

/**
 * Prints the epoch in which this site is active, with the report of its failover; or the epoch of a failover now, with the dump it
 * would begin with. `--begin` starts the clock of the recovery time.
 */
export async function planCommand(settings: Settings, args: readonly string[]): Promise<void> {
  const { restore, site } = settings;
  await withStore(settings, async (store) => {
    const catalogue = await loadCatalogue(store);
    if (catalogue?.site === site) {
      const { epoch } = catalogue;
      return print({
        epoch,
        newServer: await newServer(store, settings, epoch),
        report: (await readReport(store, epoch)) ?? null,
      });
    }
    const entry = choose(catalogue, ...selectionOf(restore));
    const { site: from } = catalogue!;
    const epoch = catalogue!.epoch + 1;
    const archive = await archiveOf(store, catalogue!, restore, entry);
    const by = wayOf(restore, archive, entry, from);
    if (args.includes("--begin")) {
      // A database that is recovered while the other site still writes would lack what is written until that one is stopped.
      if (by === "archive" && !restore.evenIfAlive) await refuseLiving(store, catalogue!);
      await begin(store, epoch);
    }
    const { id: dump, image, rows, snapshotAt } = entry;
    const failover = { dump, snapshotAt, rows, image, from, by, archive };
    print({ epoch, newServer: await newServer(store, settings, epoch), failover });
  });
}

/** A new database has a folder of its epoch where archives are what a site fails over by. */
const newServer = async (store: Store, { restore, site }: Settings, epoch: number) =>
  (restore.from ?? "dump") === "dump" ? undefined : newServerOf(store, site, epoch);
