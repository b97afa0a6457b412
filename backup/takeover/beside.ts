import { withPin } from "../catalogue/pin.ts";
import type { Entry } from "../catalogue/schema.ts";
import { withClient } from "../database/connection.ts";
import { identityOf } from "../database/identity.ts";
import { rolesOf } from "../database/roles.ts";
import type { Manifest } from "../dump/manifest.ts";
import { readManifest } from "../dump/store-manifest.ts";
import { BackupError } from "../errors.ts";
import { requireIdentity } from "../identity.ts";
import { say } from "../progress.ts";
import { compareSchema } from "../restore/compare.ts";
import { load } from "../restore/load.ts";
import type { Store } from "../store/store.ts";
import type { Phases } from "./phases.ts";
import { admitDump, type Wish } from "./plan.ts";
import type { SiteDatabase } from "./site-database.ts";

export interface Beside {
  readonly store: Store;
  readonly database: SiteDatabase;
  readonly wish: Wish;
  readonly jobs: number;
  /** age secret key. */
  readonly identity?: string;
}

/** Restores a dump into a database beside the live one and compares it; there whole or not at all, and nobody sees a change. */
export const restoreBeside = (ask: Beside, entry: Entry, name: string, phases: Phases): Promise<Manifest> =>
  withPin(ask.store, entry.id, () => restorePinned(ask, entry, name, phases));

async function restorePinned(ask: Beside, entry: Entry, name: string, phases: Phases): Promise<Manifest> {
  const { database, identity, jobs, store, wish } = ask;
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
      await load(beside, store, manifest, { jobs, ...(identity ? { identity } : {}) });
    });
    await phases.run("comparing", async () => {
      const problems = await compareSchema(database.beside(name), manifest);
      if (problems.length > 0 && !wish.unverified)
        throw new BackupError(
          "proof",
          [`${entry.id}: must come back as it was dumped`, ...problems.slice(0, 20)].join("\n  "),
        );
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
