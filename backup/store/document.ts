import { setTimeout as sleep } from "node:timers/promises";
import { BackupError } from "../errors.ts";
import type { Condition, Store } from "./store.ts";

/** One JSON object of the store that several may change. */
export interface Document<T> {
  readonly key: string;
  /** One that cannot be understood must throw: it is never taken for none. */
  readonly parse: (body: string, store: Store) => T;
  /** What could not be read back must not be written either. */
  readonly print: (value: T) => string;
}

/** Each lost race means that another has won one, so this many must change it at once before one of them gives up. */
const ATTEMPTS = 50;
const PAUSE_MS = 100;

/** Nothing when there never was one. */
export async function readDocument<T>(store: Store, { key, parse }: Document<T>): Promise<T | undefined> {
  const found = await store.read(key);
  return found && parse(found.body, store);
}

/**
 * Replaces a document as a whole, by compare and swap. `change` sees what is there and may be asked more than once, even after its change
 * was made (an answer can be lost), so it must find its change in what is there. It may throw, or answer what it was given: then nothing
 * is written.
 */
export async function changeDocument<T>(
  store: Store,
  { key, parse, print }: Document<T>,
  change: (value: T | undefined) => T,
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // Those who lost together would come back together.
    if (attempt > 0) await sleep(Math.random() * PAUSE_MS * Math.min(attempt, 10));
    const found = await store.read(key);
    const value = found && parse(found.body, store);
    const changed = change(value);
    if (changed === value) return changed;
    const condition: Condition = found ? { ifMatch: found.etag } : { ifAbsent: true };
    if ((await store.write(key, print(changed), condition)) !== undefined) return changed;
  }
  throw new BackupError(
    "store",
    `${store.place}: ${key} was changed by others ${ATTEMPTS} times in a row; look who else writes to it, and try again`,
  );
}
