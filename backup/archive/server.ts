import type { Store } from "../store/store.ts";
import { isTaken } from "./archive.ts";

const keyOf = (site: string) => `archives/${site}`;

/** Records the folder that a site archives to, for the site that fails over from it. */
export async function recordServer(store: Store, site: string, server: string): Promise<void> {
  const key = keyOf(site);
  if ((await store.read(key))?.body.trim() !== server) await store.write(key, `${server}\n`);
}

/** The folder that a site archives to, if it archives: the recorded one, or that of its own name. */
export const serverOf = async (store: Store, site: string): Promise<string> =>
  (await store.read(keyOf(site)))?.body.trim() || site;

/**
 * A folder for the database that a site gets in an epoch. No other site and no earlier database of this one has that name, so nothing
 * that comes back can write into the archive of the site in charge.
 */
export async function newServerOf(store: Store, site: string, epoch: number): Promise<string> {
  for (let life = 1; ; life++) {
    const server = life === 1 ? `${site}-${epoch}` : `${site}-${epoch}-${life}`;
    if (!(await isTaken(store, server))) return server;
  }
}
