import { prune } from "../catalogue/prune.ts";
import { say, size } from "../progress.ts";
import type { Settings } from "../settings.ts";
import { recorded, withStore } from "./run.ts";

/** Removes dumps beyond retention; `--dry-run` only lists them. */
export async function pruneCommand(settings: Settings, args: readonly string[]): Promise<void> {
  const dryRun = args.includes("--dry-run");
  const { keep, site } = settings;
  const done = await withStore(settings, (store) => {
    const work = () => prune(store, keep, { acting: { site }, dryRun });
    return dryRun ? work() : recorded(store, site, work);
  });
  const verb = dryRun ? "would remove" : "removed";
  for (const { id, status } of done.expired) say(`${verb} ${id}, ${status}`);
  for (const { id } of done.leftovers) say(`${verb} what a run without an end left of ${id}`);
  for (const { key, reason } of done.refused) say(`${key} stays: ${reason}`);
  say(`${verb} ${done.expired.length} dumps and ${done.leftovers.length} leftovers, ${size(done.freedBytes)}`);
}
