import type { Store } from "../store/store.ts";

const keyOf = (epoch: number) => `takeovers/${String(epoch).padStart(6, "0")}-begun`;

/** An attempt within this time of the last one belongs to the same outage. */
const SAME_SECONDS = 3600;
/** An attempt that began longer ago was given up in between. */
const LONGEST_SECONDS = 24 * 3600;

/** Starts the clock of the recovery time, unless an earlier attempt has: an update that is to begin this epoch has begun. */
export async function begin(store: Store, epoch: number): Promise<void> {
  const since = await ageOf(store, epoch);
  if (since === undefined || since > SAME_SECONDS) await store.write(keyOf(epoch), "begun\n");
}

/** Seconds since the recovery began; undefined when no begin was recorded. */
export async function sinceBegun(store: Store, epoch: number): Promise<number | undefined> {
  const since = await ageOf(store, epoch);
  return since !== undefined && since <= LONGEST_SECONDS ? since : undefined;
}

/** Age by the store's clock. */
async function ageOf(store: Store, epoch: number): Promise<number | undefined> {
  const begun = await store.read(keyOf(epoch));
  return begun && Math.max(0, ((await store.now()).getTime() - begun.modified.getTime()) / 1000);
}
