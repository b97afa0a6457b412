import { loadCatalogue } from "../catalogue/document.ts";
import { tableOf } from "../catalogue/table.ts";
import type { Settings } from "../settings.ts";
import { withStore } from "./run.ts";

/** Lists the dumps there are, as a table or with `--json` as the catalogue has them. */
export async function listCommand(settings: Settings, args: readonly string[]): Promise<void> {
  const { catalogue, now } = await withStore(settings, async (store) => ({ catalogue: await loadCatalogue(store), now: await store.now() }));
  process.stdout.write(args.includes("--json") ? `${JSON.stringify(catalogue ?? null, null, 2)}\n` : tableOf(catalogue, now));
}
