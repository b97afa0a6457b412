import { setTimeout as sleep } from "node:timers/promises";
import { BackupError } from "../errors.ts";
import type { Condition, Store } from "./store.ts";

/** A JSON object in the store that several writers may change. */
export interface Document<T> {
  readonly key: string;
  /** Must throw on content it cannot read: unreadable is never the same as absent. */
  readonly parse: (body: string, store: Store) => T;
  /** Must throw on a value that could not be read back. */
  readonly print: (value: T) => string;
}

/** Each lost race means that another writer has won, so this many must write at once before one of them gives up. */
const ATTEMPTS = 50;
const PAUSE_MS = 100;

/** The document, or undefined when there never was one. */
export async function readDocument<T>(store: Store, { key, parse }: Document<T>): Promise<T | undefined> {
  const found = await store.read(key);
  return found && parse(found.body, store);
}

/**
 * Replaces a document as a whole, by compare and swap. `change` may be called more than once, even after its change was made (the answer
 * can be lost), so it must recognize its own change. It may throw, or return its input to write nothing.
 */
export async function changeDocument<T>(
  store: Store,
  { key, parse, print }: Document<T>,
  change: (value: T | undefined) => T,
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // Jitter, so that writers that collided do not collide again.
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
