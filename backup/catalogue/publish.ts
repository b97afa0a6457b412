import { BackupError } from "../errors.ts";
import { type Store } from "../store/store.ts";
import { changeCatalogue } from "./document.ts";
import { assertActive, type Claimant } from "./ownership.ts";
import { type Catalogue, type Entry } from "./schema.ts";
import { assertSameSystem } from "./same-system.ts";

/** An entry without what the catalogue adds to it. */
export type Unpublished = Omit<Entry, "sequence" | "site" | "epoch">;

/**
 * Adds a dump to the catalogue, and makes the catalogue for the first one. Publishing again changes nothing. `adopted` is the new system
 * identifier of the same database after an upgrade in place.
 */
export async function publish(store: Store, acting: Claimant, dump: Unpublished, adopted?: string): Promise<Entry> {
  const { entries } = await changeCatalogue(store, (found) => {
    const catalogue = found ?? newCatalogue(store, acting);
    assertActive(catalogue, acting, `publish ${dump.id}`);
    if (catalogue.entries.some(({ id }) => id === dump.id)) return catalogue;
    if (!acting.restored) assertSameSystem(catalogue, dump, adopted);
    const sequence = catalogue.sequence + 1;
    const entry: Entry = { ...dump, sequence, site: catalogue.site, epoch: catalogue.epoch };
    return { ...catalogue, sequence, entries: [...catalogue.entries, entry] };
  });
  return entries.find(({ id }) => id === dump.id)!;
}

function newCatalogue(store: Store, { site, epoch = 1 }: Claimant): Catalogue {
  if (epoch > 1) {
    throw new BackupError(
      "refused",
      `${store.place}: has no catalogue, but ${site} became active in epoch ${epoch} and so there was one; put it back, or correct bucket and prefix`,
    );
  }
  return { format: "acci-catalogue", version: 1, site, epoch, sequence: 0, entries: [] };
}
