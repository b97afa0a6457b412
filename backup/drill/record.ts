import { z } from "zod";
import { historyOf } from "../store/history.ts";

/** One rehearsal of a recovery: which dump, how long each step took, and whether the application served in the end. */
export const drillSchema = z.strictObject({
  site: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** 0 when the drill succeeded; otherwise the exit code of the step that failed (backup/contract/exit-codes.ts). */
  exitCode: z.int(),
  /** Message of the failure, if there was one. */
  reason: z.string().optional(),
  /** Id of the dump; absent when none could be chosen. */
  dump: z.string().optional(),
  snapshotAt: z.iso.datetime().optional(),
  rows: z.int().optional(),
  /** Size of the dump before compression. */
  bytes: z.int().optional(),
  /** Age of the dump's snapshot: what a disaster at the start of the drill would have lost. */
  rpoSeconds: z.number().optional(),
  /** Seconds from the start until the application passed validation. */
  rtoSeconds: z.number().optional(),
  /** Seconds by phase. */
  phases: z.record(z.string(), z.number()),
});

export type Drill = z.infer<typeof drillSchema>;

/** All recorded drills of a site, oldest first; adding one to its site's record. */
export const { read: readDrills, record: recordDrill } = historyOf("drills", drillSchema);
