import { BackupError } from "../errors.ts";
import { amendRollout } from "../rollout/record.ts";
import type { Settings } from "../settings.ts";
import { withStore } from "./run.ts";

/** Adds to the record of the rollout that began then that it was switched back by hand, and in how many seconds. */
export async function switchedBackCommand(settings: Settings, [startedAt = "", took = ""]: readonly string[]) {
  const seconds = Number(took);
  if (!startedAt || !(seconds >= 0))
    throw new BackupError(
      "input",
      `switched-back: must be given the start of the rollout and the seconds, got ${startedAt || "nothing"} ${took}; run make switch-back`,
    );
  const switchedBack = { at: new Date().toISOString(), seconds };
  await withStore(settings, (store) => amendRollout(store, settings.site, startedAt, { switchedBack }));
}
