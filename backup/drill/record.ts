import { z } from "zod";
import { BackupError } from "../errors.ts";
import { changeDocument, type Document, readDocument } from "../store/document.ts";
import type { Store } from "../store/store.ts";

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

const documentSchema = z.strictObject({
  format: z.literal("acci-drills"),
  version: z.literal(1),
  /** Oldest first. */
  drills: z.array(drillSchema),
});

/** Drills that the record keeps: some years of weekly ones. */
const KEPT = 200;

const documentOf = (site: string): Document<Drill[]> => ({
  key: `drills/${site}.json`,
  parse(body, store) {
    try {
      return documentSchema.parse(JSON.parse(body)).drills;
    } catch (error) {
      throw new BackupError(
        "refused",
        `${store.place}/drills/${site}.json: must be a list of drills, got ${(error as Error).message}; remove it to begin anew`,
      );
    }
  },
  print: (drills) =>
    `${JSON.stringify(documentSchema.parse({ format: "acci-drills", version: 1, drills }), null, 2)}\n`,
});

/** All recorded drills of a site, oldest first. */
export const readDrills = async (store: Store, site: string): Promise<Drill[]> =>
  (await readDocument(store, documentOf(site))) ?? [];

/** Adds a drill to its site's record, also while another run adds one. */
export const recordDrill = (store: Store, drill: Drill): Promise<Drill[]> =>
  changeDocument(store, documentOf(drill.site), (drills = []) =>
    drills.some(({ startedAt }) => startedAt === drill.startedAt) ? drills : [...drills, drill].slice(-KEPT),
  );
