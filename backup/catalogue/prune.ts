import { BackupError } from "../errors.ts";
import { type Refused, type Store, type Unfinished } from "../store/store.ts";
import { changeCatalogue, loadCatalogue } from "./document.ts";
import { assertActive, type Claimant } from "./ownership.ts";
import { activeLease } from "./lease.ts";
import { foldersOf, idOf, unfinishedOf, type Folder } from "./leftovers.ts";
import { pinsOf } from "./pin.ts";
import type { Keep } from "../contract/shapes.ts";
import { expired } from "./retention.ts";
import { type Catalogue, type Entry } from "./schema.ts";

export interface PruneOptions {
  /** The site whose retention applies. It is refused when another site became the active one. */
  readonly acting: Claimant;
  readonly dryRun?: boolean;
  /** @default the store's time */
  readonly now?: Date;
  /** Milliseconds for which objects of no known dump are left alone. @default a day */
  readonly olderThan?: number;
}

export interface Pruned {
  readonly dryRun: boolean;
  /** Dumps beyond retention. */
  readonly expired: readonly Entry[];
  /** Objects of runs that never published, and of dumps that left the catalogue without their objects. */
  readonly leftovers: readonly Folder[];
  readonly uploads: readonly Unfinished[];
  readonly freedBytes: number;
  /** Objects that the store refused to remove. The next run tries again. */
  readonly refused: readonly Refused[];
}

const DAY = 86_400_000;

/**
 * Removes unpinned dumps beyond retention: first from the catalogue, then from the store. Killed in between, it leaves objects of no known
 * dump, which the next run removes.
 */
export async function prune(store: Store, keep: Keep, options: PruneOptions): Promise<Pruned> {
  const { acting, dryRun = false, olderThan = DAY } = options;
  const now = options.now ?? (await store.now());
  const found = required(store, await loadCatalogue(store));
  assertActive(found, acting, "prune");
  // Checked before anything leaves the catalogue.
  if (!dryRun) await store.requireCapable("removal");
  const { ids: pinned } = await pinsOf(store, now);
  const leaving = (entries: readonly Entry[]) => expired(entries, keep, now).filter(({ id }) => !pinned.has(id));
  const gone = dryRun ? leaving(found.entries) : await takeOff(store, acting, leaving);

  const plan = await planOf(store, new Set(gone.map(({ id }) => id)), now, olderThan);
  const refused = dryRun ? [] : await carryOut(store, plan);
  const held = new Set(refused.map(({ key }) => idOf(key)));
  return {
    dryRun,
    expired: gone,
    leftovers: plan.leftovers,
    uploads: plan.uploads,
    freedBytes: [...plan.expired, ...plan.leftovers].reduce(
      (sum, { id, bytes }) => sum + (held.has(id) ? 0 : bytes),
      0,
    ),
    refused,
  };
}

/** Takes dumps off the catalogue, deciding again on its content at the time of the swap. */
async function takeOff(
  store: Store,
  acting: Claimant,
  leaving: (entries: readonly Entry[]) => Entry[],
): Promise<Entry[]> {
  const gone = new Map<string, Entry>();
  await changeCatalogue(store, (found) => {
    const catalogue = required(store, found);
    assertActive(catalogue, acting, "prune");
    const some = leaving(catalogue.entries);
    if (some.length === 0) return catalogue;
    for (const entry of some) gone.set(entry.id, entry);
    return { ...catalogue, entries: catalogue.entries.filter((entry) => !some.includes(entry)) };
  });
  return [...gone.values()];
}

interface Plan {
  readonly expired: readonly Folder[];
  readonly leftovers: readonly Folder[];
  readonly uploads: readonly Unfinished[];
  /** Keys of stale pins. */
  readonly pins: readonly string[];
}

/** Reads objects first, then the lease, then the catalogue: a run that publishes meanwhile is found in one of the last two. */
async function planOf(store: Store, gone: ReadonlySet<string>, now: Date, olderThan: number): Promise<Plan> {
  const before = new Date(now.getTime() - olderThan);
  const [folders, uploads] = [await foldersOf(store), await unfinishedOf(store)];
  const atWork = (await activeLease(store))?.dump;
  const { entries } = required(store, await loadCatalogue(store));
  // Read again: a pin that was set before the dump left the catalogue is seen now.
  const pins = await pinsOf(store, now);
  const free = folders.filter(({ id }) => !pins.ids.has(id));
  const claimed = new Set([...entries.map(({ id }) => id), ...(atWork ? [atWork] : [])]);
  return {
    expired: free.filter(({ id }) => gone.has(id)),
    leftovers: free.filter(({ id, modified }) => !gone.has(id) && !claimed.has(id) && modified < before),
    uploads: uploads.filter(({ key, started }) => idOf(key) !== atWork && started < before),
    pins: pins.stale,
  };
}

async function carryOut(store: Store, { expired, leftovers, pins, uploads }: Plan): Promise<Refused[]> {
  const refused: Refused[] = await store.remove(pins);
  for (const { keys } of [...expired, ...leftovers]) refused.push(...(await store.remove(keys)));
  for (const upload of uploads) refused.push(...(await store.abandon(upload)));
  return refused;
}

/** Throws without a catalogue, because then every dump would look like a leftover. */
function required(store: Store, catalogue: Catalogue | undefined): Catalogue {
  if (catalogue) return catalogue;
  throw new BackupError(
    "refused",
    `${store.place}: has no catalogue, so nothing is removed; wait for the first dump, or put the catalogue back`,
  );
}
