import { z } from "zod";
import type { Store } from "./store/store.ts";

const runSchema = z.object({ finishedAt: z.iso.datetime(), seconds: z.number(), exitCode: z.int() });

/** What the second store has: verified dumps, and the time that the newest of them shows. */
const heldSchema = z.object({ verified: z.int().nonnegative(), snapshotAt: z.iso.datetime().optional() });
const copySchema = runSchema.extend({ held: heldSchema });

/** How the last run of a kind ended, whatever it was. */
export type LastRun = z.infer<typeof runSchema>;
export type LastCopy = z.infer<typeof copySchema>;
export type Held = z.infer<typeof heldSchema>;

const backupOf = (site: string) => `runs/${site}.json`;
const copyOf = (site: string) => `runs/offsite/${site}.json`;

/** Leaves how a backup ended where the watch finds it. */
export const recordRun = (store: Store, site: string, started: Date, exitCode: number) =>
  write(store, backupOf(site), ended(started, exitCode));

/** The same of a copy; what the second store has is as it was when it could not be asked. */
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
