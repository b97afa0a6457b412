import { htmlOf, markdownOf } from "../drill/page.ts";
import { type Drill, readDrills } from "../drill/record.ts";
import { BackupError } from "../errors.ts";
import type { Settings } from "../settings.ts";
import { withStore } from "./run.ts";

const FORMS: Readonly<Record<string, (drills: readonly Drill[]) => string>> = {
  "--markdown": markdownOf,
  "--html": htmlOf,
  "--json": (drills) => `${JSON.stringify(drills, null, 2)}\n`,
};

/** Lists the drills, newest first, as Markdown or in the given format. */
export async function drillsCommand(settings: Settings, [form = "--markdown"]: readonly string[]): Promise<void> {
  const print = FORMS[form];
  if (!print)
    throw new BackupError("input", `drills: must be asked for as one of ${Object.keys(FORMS).join(", ")}, got ${form}`);
  const drills = await withStore(settings, (store) => readDrills(store, settings.site));
  process.stdout.write(print(drills));
}
