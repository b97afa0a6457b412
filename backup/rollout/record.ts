import { z } from "zod";
import { historyOf } from "../store/history.ts";
import { stateSchema } from "./state.ts";

/** One rollout that a canary began: what was seen at each step, and how it ended. */
export const rolloutSchema = stateSchema
  .omit({ owner: true, since: true, kept: true })
  .extend({ site: z.string(), finishedAt: z.iso.datetime() });

export type RolloutRecord = z.infer<typeof rolloutSchema>;

/** All recorded rollouts of a site, oldest first; adding one to its site's record; adding to one. */
export const { amend: amendRollout, read: readRollouts, record: recordRollout } = historyOf("rollouts", rolloutSchema);
