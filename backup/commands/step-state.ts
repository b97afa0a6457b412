import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { entrySchema } from "../catalogue/schema.ts";
import { STEP_FILES } from "../contract/files.ts";
import { drillSchema } from "../drill/record.ts";
import type { Settings } from "../settings.ts";

/** Left by the step `dump` for `verify`: the manifest's place, and the fields of the catalogue's entry. */
const dumpedSchema = entrySchema.shape.manifest.extend({
  id: z.string(),
  class: entrySchema.shape.class,
  /** Name of the Job. */
  run: z.string().optional(),
  /** Token of the run's lease. */
  lease: z.string(),
  /** Whether an earlier attempt has already published the dump. @default false */
  published: z.boolean().optional(),
});
export type Dumped = z.infer<typeof dumpedSchema>;

/** Left by the step `drill` for `drill-end`. */
const rehearsedSchema = drillSchema
  .omit({ finishedAt: true, exitCode: true, reason: true, rtoSeconds: true })
  .extend({ restoredAt: z.iso.datetime() });

const SCHEMAS = { dump: dumpedSchema, drill: rehearsedSchema };

type Left = { readonly [Step in keyof typeof SCHEMAS]: z.infer<(typeof SCHEMAS)[Step]> };

const fileOf = (settings: Settings, step: keyof Left) => path.join(settings.workFolder, STEP_FILES[step]);

/** Writes what a later step of the pod needs. */
export function leave<Step extends keyof Left>(settings: Settings, step: Step, state: Left[Step]): void {
  const file = fileOf(settings, step);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(state));
}

/** Reads what the step has left. */
export function leftBy<Step extends keyof Left>(settings: Settings, step: Step): Left[Step] {
  const state: unknown = JSON.parse(readFileSync(fileOf(settings, step), "utf8"));
  return SCHEMAS[step].parse(state) as Left[Step];
}
