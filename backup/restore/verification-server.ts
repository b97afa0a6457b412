import { type Connection, withClient } from "../database/connection.ts";
import type { SiteRole } from "../contract/shapes.ts";
import { compareRoles, createRoles } from "../database/roles.ts";
import { identifier } from "../database/sql.ts";
import type { Manifest } from "../dump/manifest.ts";
import { BackupError } from "../errors.ts";

/** What a site's database server has before anything is restored to it. */
export interface SiteServer {
  readonly roles: readonly SiteRole[];
  /** Extensions that only a superuser may create, which are in template1. */
  readonly extensions: readonly string[];
  /** Role that restores, which is not a superuser. */
  readonly restoreRole: string;
}

/** Gives an empty server the roles and extensions of a site's server, and returns the connection of the role that restores. */
export async function prepareVerificationServer(superuser: Connection, site: SiteServer): Promise<Connection> {
  await withClient(superuser, (client) => createRoles(client, site.roles));
  await withClient({ ...superuser, database: "template1" }, async (client) => {
    for (const name of site.extensions)
      await client.query(`CREATE EXTENSION IF NOT EXISTS ${identifier(name)} SCHEMA public`);
  });
  return { ...superuser, database: "postgres", user: site.restoreRole };
}

/** Throws when a site's server lacks roles of the dump, or has different roles of the same names. */
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
