import { BackupError } from "../errors.ts";
import { htmlOf, markdownOf } from "../rollout/page.ts";
import { readRollouts, type RolloutRecord } from "../rollout/record.ts";
import type { Settings } from "../settings.ts";
import { withStore } from "./run.ts";

const FORMS: Readonly<Record<string, (rollouts: readonly RolloutRecord[]) => string>> = {
  "--markdown": markdownOf,
  "--html": htmlOf,
  "--json": (rollouts) => `${JSON.stringify(rollouts, null, 2)}\n`,
};

/** Lists the rollouts, newest first, as Markdown or in the given form. */
export async function rolloutsCommand(settings: Settings, [form = "--markdown"]: readonly string[]): Promise<void> {
  const print = FORMS[form];
  if (!print)
    throw new BackupError(
      "input",
      `rollouts: must be asked for as one of ${Object.keys(FORMS).join(", ")}, got ${form}; choose one`,
    );
  process.stdout.write(print(await withStore(settings, (store) => readRollouts(store, settings.site))));
}
