import { type Connection, withClient } from "../database/connection.ts";
import { createDatabase } from "../database/create.ts";
import { createRoles } from "../database/roles.ts";
import type { Manifest } from "../dump/manifest.ts";
import type { Store } from "../store/store.ts";
import { load, type LoadOptions } from "./load.ts";

/** Restores a dump as a new database of a server that has nothing else, with the roles it names, and answers where it is. */
export async function loadThrowaway(
  server: Connection,
  name: string,
  { manifest, store }: { readonly manifest: Manifest; readonly store: Store },
  options: LoadOptions,
): Promise<Connection> {
  await withClient(server, async (client) => {
    await createRoles(client, manifest.roles);
    await createDatabase(client, name, manifest.database, manifest.database.owner);
  });
  const target = { ...server, database: name };
  await load(target, store, manifest, options);
  return target;
}
