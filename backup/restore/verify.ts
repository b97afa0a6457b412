import type { Connection } from "../database/connection.ts";
import type { Manifest } from "../dump/manifest.ts";
import { BackupError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { bringBack, differencesIn, settle } from "./bring-back.ts";
import { compareContent } from "./compare.ts";
import { type LoadOptions, withDump } from "./open.ts";
import { prepareVerificationServer, requireRoles, type SiteServer } from "./verification-server.ts";

/** Name of the restored database, which is alone on its server. */
const NAME = "verification";

const SHOWN = 20;

interface Verification extends LoadOptions {
  /** Connection to a server that has no other database. */
  readonly superuser: Connection;
  /** The site's server, which that server is made to resemble. */
  readonly site: SiteServer;
}

/**
 * Restores a dump as a recovery does, with the same rights, and returns every difference. What a recovery could not do is not a
 * difference: it throws.
 */
export async function verify(
  store: Store,
  manifest: Manifest,
  { site, superuser, ...options }: Verification,
): Promise<string[]> {
  requireRoles(manifest, site);
  const server = await prepareVerificationServer(superuser, site);
  try {
    return await withDump(store, manifest, options, async (dump) => {
      const target = await bringBack(server, NAME, dump);
      const schema = await differencesIn(server, target, dump);
      return [...schema, ...(await settle(server, target, dump)), ...(await compareContent(target, dump))].slice(
        0,
        SHOWN,
      );
    });
  } catch (error) {
    // Corrupt data are a difference of the dump; a store or a server that cannot be reached says nothing about the dump.
    if (error instanceof BackupError && error.kind === "verification") return [error.message];
    throw error;
  }
}
