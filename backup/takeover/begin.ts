import type { Store } from "../store/store.ts";

const keyOf = (epoch: number) => `takeovers/${String(epoch).padStart(6, "0")}-begun`;

/** One that began longer ago was given up in between. */
const LONGEST_SECONDS = 24 * 3600;

/** Starts the clock of the recovery time: an update that is to take over in this epoch has begun. */
export const begin = (store: Store, epoch: number) => store.write(keyOf(epoch), "begun\n");

/** Seconds since then, by the store's clock; nothing when nobody said so. */
export async function sinceBegun(store: Store, epoch: number): Promise<number | undefined> {
  const begun = await store.read(keyOf(epoch));
  if (!begun) return undefined;
  const seconds = Math.max(0, ((await store.now()).getTime() - begun.modified.getTime()) / 1000);
  return seconds > LONGEST_SECONDS ? undefined : seconds;
}
