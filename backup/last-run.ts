import { z } from "zod";
import type { Store } from "./store/store.ts";

const runSchema = z.object({ finishedAt: z.iso.datetime(), seconds: z.number(), exitCode: z.int() });

/** Content of the second store: number of verified dumps, and snapshot time of the newest one. */
const heldSchema = z.object({ verified: z.int().nonnegative(), snapshotAt: z.iso.datetime().optional() });
const copySchema = runSchema.extend({ held: heldSchema });

/** How the last run ended, well or not. */
export type LastRun = z.infer<typeof runSchema>;
export type LastCopy = z.infer<typeof copySchema>;
export type Held = z.infer<typeof heldSchema>;

const backupOf = (site: string) => `runs/${site}.json`;
const copyOf = (site: string) => `runs/offsite/${site}.json`;

/** Records how a backup ended, for the metrics of the agent. */
export const recordRun = (store: Store, site: string, started: Date, exitCode: number) =>
  write(store, backupOf(site), ended(started, exitCode));

/** Records how a copy ended. While the second store cannot be read, its last known content stays recorded. */
export async function recordCopy(
  store: Store,
  site: string,
  started: Date,
  exitCode: number,
  held: Held | undefined,
): Promise<void> {
  const known = held ?? (await readLastCopy(store, site))?.held ?? { verified: 0 };
  await write(store, copyOf(site), { ...ended(started, exitCode), held: known });
}

export const readLastRun = (store: Store, site: string) => read(store, backupOf(site), runSchema);
export const readLastCopy = (store: Store, site: string) => read(store, copyOf(site), copySchema);

function ended(started: Date, exitCode: number): LastRun {
  const now = new Date();
  return { finishedAt: now.toISOString(), seconds: (now.getTime() - started.getTime()) / 1000, exitCode };
}

async function write(store: Store, key: string, run: LastRun | LastCopy): Promise<void> {
  await store.write(key, `${JSON.stringify(run)}\n`);
}

async function read<T>(store: Store, key: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const found = await store.read(key);
  return found && schema.parse(JSON.parse(found.body));
}
