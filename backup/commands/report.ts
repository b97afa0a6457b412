import { choose } from "../catalogue/choose.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import type { Settings } from "../settings.ts";
import type { Wish } from "../takeover/plan.ts";
import { readReport } from "../takeover/report.ts";
import { selectionOf } from "../takeover/selection.ts";
import { withStore } from "./run.ts";

const print = (value: unknown) => void process.stdout.write(`${JSON.stringify(value ?? null)}\n`);

/** What the last takeover did, if it was this site's. */
export async function reportCommand(settings: Settings): Promise<void> {
  const site = settings.text("ACCI_SITE");
  await withStore(settings, async (store) => {
    const catalogue = await loadCatalogue(store);
    print(catalogue?.site === site ? await readReport(store, catalogue.epoch) : undefined);
  });
}

/** Which dump a takeover would begin with now, from whom; nothing when the site is in charge already. */
export async function planCommand(settings: Settings): Promise<void> {
  const wish = settings.json<Wish>("ACCI_RESTORE");
  await withStore(settings, async (store) => {
    const catalogue = await loadCatalogue(store);
    if (catalogue?.site === settings.text("ACCI_SITE")) return print(undefined);
    const { id, snapshotAt, rows } = choose(catalogue, ...selectionOf(wish));
    print({ dump: id, snapshotAt, rows, from: catalogue?.site });
  });
}
