import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { entrySchema } from "../catalogue/schema.ts";
import { STEP_FILES } from "../contract/files.ts";
import { drillSchema } from "../drill/record.ts";
import type { Settings } from "../settings.ts";

/** What the step `dump` of a run leaves for `verify`: where the manifest is, and what the entry in the catalogue will say. */
const dumpedSchema = entrySchema.shape.manifest.extend({
  id: z.string(),
  class: entrySchema.shape.class,
  /** The Job. */
  run: z.string().optional(),
  /** Token of the run's lease. */
  lease: z.string(),
  /** An attempt before this one came as far as that: there is nothing to prove. @default false */
  published: z.boolean().optional(),
});
export type Dumped = z.infer<typeof dumpedSchema>;

/** What the step `drill` leaves for `drill-end`. */
const rehearsedSchema = drillSchema
  .omit({ finishedAt: true, exitCode: true, reason: true, rtoSeconds: true })
  .extend({ restoredAt: z.iso.datetime() });
export type Rehearsed = z.infer<typeof rehearsedSchema>;

const SCHEMAS = { dump: dumpedSchema, drill: rehearsedSchema };

interface Left {
  readonly dump: Dumped;
  readonly drill: Rehearsed;
}

const fileOf = (settings: Settings, step: keyof Left) => path.join(settings.workFolder, STEP_FILES[step]);

/** Leaves what a later step of the pod has to know. */
export function leave<Step extends keyof Left>(settings: Settings, step: Step, state: Left[Step]): void {
  const file = fileOf(settings, step);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(state));
}

/** What the step has left. */
export function leftBy<Step extends keyof Left>(settings: Settings, step: Step): Left[Step] {
  const state: unknown = JSON.parse(readFileSync(fileOf(settings, step), "utf8"));
  return SCHEMAS[step].parse(state) as Left[Step];
}
