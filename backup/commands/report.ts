import { choose } from "../catalogue/choose.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import type { Plan, Report } from "../contract/shapes.ts";
import type { Settings } from "../settings.ts";
import { begin } from "../failover/begin.ts";
import { readReport } from "../failover/report.ts";
import { selectionOf } from "../failover/selection.ts";
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
      return print({ epoch, report: (await readReport(store, epoch)) ?? null });
    }
    const { id, image, rows, snapshotAt } = choose(catalogue, ...selectionOf(restore));
    const epoch = catalogue!.epoch + 1;
    if (args.includes("--begin")) await begin(store, epoch);
    print({ epoch, failover: { dump: id, snapshotAt, rows, image, from: catalogue!.site } });
  });
}
