import { PRODUCTION } from "./production.ts";
import { walArchiveRules } from "./rules/wal-archive.ts";
import { backupRules } from "./rules/backups.ts";
import { databaseRules } from "./rules/database.ts";
import { exposureRules } from "./rules/exposure.ts";
import { footprintRules } from "./rules/footprint.ts";
import { imageRules } from "./rules/image.ts";
import { addonsRules } from "./rules/addons.ts";
import { productionRules } from "./rules/production.ts";
import { rolloutRules } from "./rules/rollout.ts";
import { scheduleRules } from "./rules/schedules.ts";
import { sizingRules } from "./rules/sizing.ts";
import { sloRules } from "./rules/slo.ts";
import { telemetryRules } from "./rules/telemetry.ts";
import type { Values } from "./schema.ts";

/** Rules that span keys, each a whole sentence. */
export function crossChecks(stack: string, values: Values): string[] {
  return [
    ...imageRules(values),
    ...addonsRules(values),
    ...exposureRules(values),
    ...sizingRules(values),
    ...backupRules(values),
    ...scheduleRules(values),
    ...databaseRules(values),
    ...walArchiveRules(values),
    ...telemetryRules(values),
    ...footprintRules(stack, values),
    ...sloRules(values),
    ...rolloutRules(values),
    ...(PRODUCTION.includes(stack) ? productionRules(stack, values) : []),
  ];
}
