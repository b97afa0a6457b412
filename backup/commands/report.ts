import { choose } from "../catalogue/choose.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import type { Plan, Report } from "../contract/shapes.ts";
import type { Settings } from "../settings.ts";
import { begin } from "../takeover/begin.ts";
import { readReport } from "../takeover/report.ts";
import { selectionOf } from "../takeover/selection.ts";
import { withStore } from "./run.ts";

const print = (answer: Plan | Report | null) => void process.stdout.write(`${JSON.stringify(answer)}\n`);

/** What the last takeover did, if it was this site's. */
export async function reportCommand(settings: Settings): Promise<void> {
  const { site } = settings;
  await withStore(settings, async (store) => {
    const catalogue = await loadCatalogue(store);
    print(catalogue?.site === site ? ((await readReport(store, catalogue.epoch)) ?? null) : null);
  });
}

/**
 * In which epoch the site is in charge, with what its takeover did, or would be after a takeover now, which then began with the dump named. With `--begin` the clock of
 * the recovery time starts.
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
    print({ epoch, takeover: { dump: id, snapshotAt, rows, image, from: catalogue!.site } });
  });
}
