import { withPin } from "../catalogue/pin.ts";
import type { Entry } from "../catalogue/schema.ts";
import { withClient } from "../database/connection.ts";
import { identityOf } from "../database/identity.ts";
import { rolesOf } from "../database/roles.ts";
import type { Manifest } from "../dump/manifest.ts";
import { readManifest } from "../dump/store-manifest.ts";
import { requireIdentity } from "../identity.ts";
import { say } from "../progress.ts";
import { requireSameSchema } from "../restore/compare.ts";
import { load, type LoadOptions } from "../restore/load.ts";
import type { Store } from "../store/store.ts";
import type { Phases } from "./phases.ts";
import { admitDump, type Wish } from "./plan.ts";
import type { SiteDatabase } from "./site-database.ts";

export interface Beside extends LoadOptions {
  readonly store: Store;
  readonly database: SiteDatabase;
  readonly wish: Wish;
}

/** Restores a dump into a database beside the live one and compares it; there whole or not at all, and nobody sees a change. */
export const restoreBeside = (ask: Beside, entry: Entry, name: string, phases: Phases): Promise<Manifest> =>
  withPin(ask.store, entry.id, () => restorePinned(ask, entry, name, phases));

async function restorePinned(ask: Beside, entry: Entry, name: string, phases: Phases): Promise<Manifest> {
  const { database, identity, store, wish } = ask;
  say(`dump ${entry.id} of ${entry.snapshotAt}, ${entry.rows} rows`);
  requireIdentity(entry.recipients, identity);
  const manifest = await phases.run("checking", async () => {
    const read = await readManifest(store, entry.manifest);
    admitDump(entry, read, await targetOf(database), wish);
    return read;
  });
  try {
    await phases.run("restoring", async () => {
      const beside = await database.create(name, manifest.database);
      await load(beside, store, manifest, ask);
    });
    await phases.run("comparing", async () => {
      if (!wish.unverified) await requireSameSchema(database.beside(name), manifest);
    });
  } catch (error) {
    // The server may be what failed.
    await database.drop(name).catch(() => {});
    throw error;
  }
  return manifest;
}

const targetOf = async (database: SiteDatabase) => ({
  ...(await withClient(database.live, async (client) => ({
    identity: await identityOf(client),
    roles: await rolesOf(client),
  }))),
  filledTables: await database.filledTables(),
});
