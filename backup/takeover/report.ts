import { z } from "zod";
import type { Store } from "../store/store.ts";

/** What a takeover did and how long it took: what is left of it for people, outputs and metrics. */
export const reportSchema = z.strictObject({
  site: z.string(),
  epoch: z.int().positive(),
  dump: z.string(),
  /** The state of the database is that of this time. */
  snapshotAt: z.iso.datetime(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** Seconds between the snapshot and the start: what was written in between is lost. */
  rpoSeconds: z.number(),
  /** When /health, /ready and /metrics were found well, the first time. */
  validatedAt: z.iso.datetime().optional(),
  /** Seconds from the start of the update, or else of the takeover, to that. */
  rtoSeconds: z.number().optional(),
  /** Seconds by phase. */
  phases: z.record(z.string(), z.number()),
  rows: z.int(),
  bytes: z.int(),
  /** The database that was here before, kept to go back to. */
  keptAs: z.string().optional(),
  image: z.string().optional(),
});

export type Report = z.infer<typeof reportSchema>;

const keyOf = (epoch: number) => `takeovers/${String(epoch).padStart(6, "0")}.json`;

export const storeReport = (store: Store, report: Report) =>
  store.write(keyOf(report.epoch), JSON.stringify(report, null, 2));

export async function readReport(store: Store, epoch: number): Promise<Report | undefined> {
  const found = await store.read(keyOf(epoch));
  return found && reportSchema.parse(JSON.parse(found.body));
}
