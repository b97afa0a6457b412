import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { BackupError } from "../errors.ts";
import { type Store } from "../store/store.ts";
import { loadCatalogue } from "./document.ts";

const PINS = "pins/";
const RENEW_MS = 60_000;
/** A pin that was not renewed for this long is stale: its holder counts as dead. */
const STALE_MS = 10 * 60_000;

/** The dump was removed from the catalogue before it was pinned. */
export class DumpRemoved extends BackupError {
  constructor(id: string) {
    super("refused", `dump ${id}: was removed by rotation meanwhile; run it again, or choose another`);
  }
}

/**
 * Works with a dump that pruning does not remove meanwhile. A pin is an object of its own, written before the catalogue is read; pruning
 * reads the pins again after it removed a dump from the catalogue. So one of the two sees the other. A pin is left to become stale,
 * because a reader may have no right to delete.
 */
export async function withPin<T>(
  store: Store,
  id: string,
  work: () => Promise<T>,
  { renewEvery = RENEW_MS }: { readonly renewEvery?: number } = {},
): Promise<T> {
  const pin = `${PINS}${id}/${randomUUID()}`;
  await store.write(pin, "{}\n");
  const entries = (await loadCatalogue(store))?.entries ?? [];
  if (!entries.some((entry) => entry.id === id)) throw new DumpRemoved(id);
  const done = new AbortController();
  void renew(store, pin, renewEvery, done.signal);
  try {
    return await work();
  } finally {
    done.abort();
  }
}

async function renew(store: Store, pin: string, every: number, done: AbortSignal): Promise<void> {
  while (await sleep(every, true, { signal: done, ref: false }).catch(() => false))
    // A failed renewal is ignored: the store may be back before the pin is stale.
    await store.write(pin, "{}\n").catch(() => undefined);
}

export interface Pins {
  /** Dumps that are pinned. */
  readonly ids: ReadonlySet<string>;
  /** Keys of stale pins. */
  readonly stale: readonly string[];
}

export async function pinsOf(store: Store, now: Date): Promise<Pins> {
  const ids = new Set<string>();
  const stale: string[] = [];
  for await (const { key, modified } of store.list(PINS)) {
    if (now.getTime() - modified.getTime() > STALE_MS) stale.push(key);
    else ids.add(key.slice(PINS.length).split("/")[0]!);
  }
  return { ids, stale };
}
