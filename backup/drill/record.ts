import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { BackupError } from "../errors.ts";
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

const keyOf = (site: string) => `drills/${site}.json`;

/** All there are of a site, oldest first. */
export async function readDrills(store: Store, site: string): Promise<Drill[]> {
  const found = await store.read(keyOf(site));
  return found ? parse(store, site, found.body) : [];
}

/** Adds one, whoever else adds one at the same time. */
export async function recordDrill(store: Store, drill: Drill): Promise<Drill[]> {
  for (;;) {
    const found = await store.read(keyOf(drill.site));
    const drills = [...(found ? parse(store, drill.site, found.body) : []), drill].slice(-KEPT);
    const body = JSON.stringify(documentSchema.parse({ format: "acci-drills", version: 1, drills }), null, 2);
    const condition = found ? { ifMatch: found.etag } : ({ ifAbsent: true } as const);
    if ((await store.write(keyOf(drill.site), `${body}\n`, condition)) !== undefined) return drills;
    await sleep(Math.random() * 200);
  }
}

function parse(store: Store, site: string, body: string): Drill[] {
  try {
    return documentSchema.parse(JSON.parse(body)).drills;
  } catch (error) {
    throw new BackupError(
      "refused",
      `${store.place}/${keyOf(site)}: must be a list of drills, got ${(error as Error).message}; remove it to begin anew`,
    );
  }
}
