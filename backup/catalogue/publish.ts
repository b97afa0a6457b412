import { BackupError } from "../errors.ts";
import { type Store } from "../store/store.ts";
import { changeCatalogue } from "./document.ts";
import { admit, type Acting } from "./fence.ts";
import { type Catalogue, type Entry } from "./schema.ts";

/** What the catalogue itself adds is not the dump's to say. */
export type Unpublished = Omit<Entry, "sequence" | "site" | "epoch">;

/** Makes a dump exist. The first one ever also makes the catalogue. Published twice, it exists once. */
export async function publish(store: Store, acting: Acting, dump: Unpublished): Promise<Entry> {
  const { entries } = await changeCatalogue(store, (found) => {
    const catalogue = found ?? begun(store, acting);
    admit(catalogue, acting, `publish ${dump.id}`);
    if (catalogue.entries.some(({ id }) => id === dump.id)) return catalogue;
    if (!acting.restored) refuseStranger(catalogue, dump);
    const sequence = catalogue.sequence + 1;
    const entry: Entry = { ...dump, sequence, site: catalogue.site, epoch: catalogue.epoch };
    return { ...catalogue, sequence, entries: [...catalogue.entries, entry] };
  });
  return entries.find(({ id }) => id === dump.id)!;
}

/** A database that was made anew has nothing, and must not become the newest dump of one that had everything. */
function refuseStranger({ entries, epoch }: Catalogue, { id, systemIdentifier }: Unpublished): void {
  const before = entries.filter((entry) => entry.epoch === epoch).at(-1);
  if (!before || before.systemIdentifier === systemIdentifier) return;
  throw new BackupError(
    "refused",
    `dump ${id}: must be of system ${before.systemIdentifier}, as ${before.id} is, got ${systemIdentifier}; this database was made anew: ` +
      "bring the last dump back with acci:restore, or begin anew under another acci:backups.store.prefix",
  );
}

function begun(store: Store, { site, epoch = 1 }: Acting): Catalogue {
  if (epoch > 1) {
    throw new BackupError(
      "refused",
      `${store.place}: has no catalogue, but ${site} took over in epoch ${epoch} and so there was one; put it back, or correct bucket and prefix`,
    );
  }
  return { format: "acci-catalogue", version: 1, site, epoch, sequence: 0, entries: [] };
}
