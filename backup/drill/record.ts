import { z } from "zod";
import { BackupError } from "../errors.ts";
import { changeDocument, type Document, readDocument } from "../store/document.ts";
import type { Store } from "../store/store.ts";

/** One rehearsal of a recovery: which dump, how long each step took, and whether the application served in the end. */
export const drillSchema = z.strictObject({
  site: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** 0 when it went well; otherwise how the step that failed ended (backup/errors.ts). */
  exitCode: z.int(),
  /** What was wrong, when something was. */
  reason: z.string().optional(),
  /** Nothing when none could be chosen. */
  dump: z.string().optional(),
  snapshotAt: z.iso.datetime().optional(),
  rows: z.int().optional(),
  /** Before compression. */
  bytes: z.int().optional(),
  /** Age of what was restored: what a disaster at the start of the drill would have lost. */
  rpoSeconds: z.number().optional(),
  /** From the start to the application found well. */
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

/** Some years of weekly ones. */
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

/** All there are of a site, oldest first. */
export const readDrills = async (store: Store, site: string): Promise<Drill[]> =>
  (await readDocument(store, documentOf(site))) ?? [];

/** Adds one, whoever else adds one at the same time. */
export const recordDrill = (store: Store, drill: Drill): Promise<Drill[]> =>
  changeDocument(store, documentOf(drill.site), (drills = []) =>
    drills.some(({ startedAt }) => startedAt === drill.startedAt) ? drills : [...drills, drill].slice(-KEPT),
  );
