import { withPin } from "../catalogue/pin.ts";
import type { Entry } from "../catalogue/schema.ts";
import type { RestoreRequest } from "../contract/shapes.ts";
import { withClient } from "../database/connection.ts";
import { identityOf } from "../database/identity.ts";
import { rolesOf } from "../database/roles.ts";
import type { Manifest } from "../dump/manifest.ts";
import { readManifest } from "../dump/store-manifest.ts";
import { requireIdentity } from "../identity.ts";
import { say } from "../progress.ts";
import { bringBack, differencesIn, settle } from "../restore/bring-back.ts";
import { requireSame } from "../restore/compare.ts";
import { type LoadOptions, withDump } from "../restore/open.ts";
import type { Store } from "../store/store.ts";
import type { Phases } from "./phases.ts";
import { admitDump } from "./plan.ts";
import type { SiteDatabase } from "./site-database.ts";

export interface RestoreCopy extends LoadOptions {
  readonly store: Store;
  readonly database: SiteDatabase;
  readonly request: RestoreRequest;
}

interface Asked {
  readonly entry: Entry;
  /** Name of the new database. */
  readonly name: string;
  /** Whether it gets the settings and rights of the live database, which it is to replace. */
  readonly toServe: boolean;
}

/**
 * Restores a dump into a database beside the live one and compares it. The database is there as a whole or not at all, and the live one is
 * not changed.
 */
export const restoreCopy = (given: RestoreCopy, asked: Asked, phases: Phases): Promise<Manifest> =>
  withPin(given.store, asked.entry.id, () => restorePinned(given, asked, phases));

async function restorePinned(given: RestoreCopy, { entry, name, toServe }: Asked, phases: Phases): Promise<Manifest> {
  const { database, identity, request, store } = given;
  say(`dump ${entry.id} of ${entry.snapshotAt}, ${entry.rows} rows`);
  requireIdentity(entry.recipients, identity);
  const manifest = await phases.run("checking", async () => {
    const read = await readManifest(store, entry.manifest);
    admitDump(entry, read, await targetOf(database), request);
    return read;
  });
  try {
    await withDump(store, manifest, given, async (dump) => {
      // Commits do not wait for replicas: there may be none yet, and a lost database is restored again.
      const server = { ...database.server, commits: "local" } as const;
      const target = await phases.run("restoring", () => bringBack(server, name, dump));
      await phases.run("comparing", async () => {
        const problems = request.allowFailed ? [] : await differencesIn(server, target, dump);
        const settled = toServe ? await settle(server, target, dump) : [];
        requireSame(manifest.id, request.allowFailed ? [] : [...problems, ...settled]);
      });
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
