import { z } from "zod";
import type { LastRun } from "./metrics.ts";
import type { Store } from "./store/store.ts";

const lastRunSchema = z.object({ finishedAt: z.iso.datetime(), seconds: z.number(), exitCode: z.int() });

const keyOf = (site: string) => `runs/${site}.json`;

/** Leaves how a run ended where the watch finds it. */
export async function recordRun(store: Store, site: string, started: Date, exitCode: number): Promise<void> {
  const now = new Date();
  const seconds = (now.getTime() - started.getTime()) / 1000;
  await store.write(keyOf(site), `${JSON.stringify({ finishedAt: now.toISOString(), seconds, exitCode })}\n`);
}

export async function readLastRun(store: Store, site: string): Promise<LastRun | undefined> {
  const found = await store.read(keyOf(site));
  if (!found) return undefined;
  const { exitCode, finishedAt, seconds } = lastRunSchema.parse(JSON.parse(found.body));
  return { exitCode, seconds, finishedAt: new Date(finishedAt) };
}
