import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { BackupError } from "../errors.ts";
import { type Condition, type Store } from "../store/store.ts";
import { catalogueSchema, type Catalogue } from "./schema.ts";

export const CATALOGUE = "catalogue.json";

/** Each lost race means that another has won one, so this many must change it at once before one of them gives up. */
const ATTEMPTS = 50;
const PAUSE_MS = 100;

/** Nothing when there never was one; one that cannot be understood is never taken for none. */
export async function loadCatalogue(store: Store): Promise<Catalogue | undefined> {
  return (await load(store))?.catalogue;
}

/**
 * Replaces the catalogue as a whole, by compare and swap. `change` sees what is there and may be asked more than once,
 * even after its change was made (an answer can be lost), so it must find its change in what is there. It may throw, or
 * answer what it was given: then nothing is written.
 */
export async function changeCatalogue(
  store: Store,
  change: (catalogue: Catalogue | undefined) => Catalogue,
): Promise<Catalogue> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // Those who lost together would come back together.
    if (attempt > 0) await sleep(Math.random() * PAUSE_MS * Math.min(attempt, 10));
    const found = await load(store);
    const changed = change(found?.catalogue);
    if (changed === found?.catalogue) return changed;
    const condition: Condition = found ? { ifMatch: found.etag } : { ifAbsent: true };
    if ((await store.write(CATALOGUE, textOf(changed), condition)) !== undefined) return changed;
  }
  throw new BackupError(
    "store",
    `${store.place}: ${CATALOGUE} was changed by others ${ATTEMPTS} times in a row; look who else writes to it, and try again`,
  );
}

/** A catalogue that it could not read back must not be written either. */
const textOf = (catalogue: Catalogue) => `${JSON.stringify(catalogueSchema.parse(catalogue), null, 2)}\n`;

async function load(store: Store): Promise<{ catalogue: Catalogue; etag: string } | undefined> {
  const found = await store.read(CATALOGUE);
  return found && { catalogue: parse(store, found.body), etag: found.etag };
}

function parse(store: Store, body: string): Catalogue {
  const { success, data, error } = catalogueSchema.safeParse(jsonOf(body));
  if (success) return data;
  const problems = z.prettifyError(error).split("\n").slice(0, 6).join("\n  ");
  throw new BackupError(
    "refused",
    `${store.place}: ${CATALOGUE} is not a catalogue that this version can read, nothing was changed; ` +
      `use the version that wrote it, or put the object's last good version back:\n  ${problems}`,
  );
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
