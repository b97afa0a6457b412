import { type Connection, withClient } from "../database/connection.ts";
import type { SiteRole } from "../contract/shapes.ts";
import { compareRoles, createRoles } from "../database/roles.ts";
import { identifier } from "../database/sql.ts";
import type { Manifest } from "../dump/manifest.ts";
import { BackupError } from "../errors.ts";

/** What a site's database server has before anything is restored to it. */
export interface SiteServer {
  readonly roles: readonly SiteRole[];
  /** Those that only a superuser may make, which are in template1. */
  readonly extensions: readonly string[];
  /** Who restores, and is no superuser. */
  readonly restoreRole: string;
}

/** Makes a server that has nothing like one of a site's, and answers how the role that restores reaches it. */
export async function prepareThrowaway(superuser: Connection, site: SiteServer): Promise<Connection> {
  await withClient(superuser, (client) => createRoles(client, site.roles));
  await withClient({ ...superuser, database: "template1" }, async (client) => {
    for (const name of site.extensions)
      await client.query(`CREATE EXTENSION IF NOT EXISTS ${identifier(name)} SCHEMA public`);
  });
  return { ...superuser, database: "postgres", user: site.restoreRole };
}

/** Refuses a dump of which a site's server lacks roles, or has others of the same names. */
export function requireRoles({ roles: needed }: Manifest, { roles }: SiteServer): void {
  const problems = compareRoles(needed, roles);
  if (problems.length === 0) return;
  throw new BackupError(
    "unrestorable",
    [
      "the database's roles must be those that a recovery finds; name others in acci:postgres.roles, or take away what they own and are granted, got",
      ...problems,
    ].join("\n  "),
  );
}
