import { z } from "zod";
import { BackupError } from "../errors.ts";
import { changeDocument, type Document, readDocument } from "../store/document.ts";
import type { Store } from "../store/store.ts";
import { stateSchema } from "./state.ts";

/** One rollout that a canary began: what was seen at each step, and how it ended. */
export const rolloutSchema = stateSchema
  .omit({ owner: true, since: true })
  .extend({ site: z.string(), finishedAt: z.iso.datetime() });

export type RolloutRecord = z.infer<typeof rolloutSchema>;

const documentSchema = z.strictObject({
  format: z.literal("acci-rollouts"),
  version: z.literal(1),
  /** Oldest first. */
  rollouts: z.array(rolloutSchema),
});

/** Rollouts that the record keeps. */
const KEPT = 200;

const documentOf = (site: string): Document<RolloutRecord[]> => ({
  key: `rollouts/${site}.json`,
  parse(body, store) {
    try {
      return documentSchema.parse(JSON.parse(body)).rollouts;
    } catch (error) {
      throw new BackupError(
        "refused",
        `${store.place}/rollouts/${site}.json: must be a list of rollouts, got ${(error as Error).message}; remove it to begin anew`,
      );
    }
  },
  print: (rollouts) =>
    `${JSON.stringify(documentSchema.parse({ format: "acci-rollouts", version: 1, rollouts }), null, 2)}\n`,
});

/** All recorded rollouts of a site, oldest first. */
export const readRollouts = async (store: Store, site: string): Promise<RolloutRecord[]> =>
  (await readDocument(store, documentOf(site))) ?? [];

/** Adds a rollout to its site's record. A pod that took the place of another may have added it already. */
export const recordRollout = (store: Store, rollout: RolloutRecord): Promise<RolloutRecord[]> =>
  changeDocument(store, documentOf(rollout.site), (rollouts = []) =>
    rollouts.some(({ startedAt }) => startedAt === rollout.startedAt) ? rollouts : [...rollouts, rollout].slice(-KEPT),
  );
