import type pg from "pg";
import { z } from "zod";
import type { SiteRole } from "../contract/shapes.ts";
import { identifier } from "./sql.ts";

/** A role without its password: passwords are secrets of the stack, and never in a dump. */
export const roleSchema = z.strictObject({
  name: z.string(),
  /** Names of attributes such as LOGIN and BYPASSRLS. */
  attributes: z.array(z.string()),
  memberOf: z.array(z.string()),
});

export type Role = z.infer<typeof roleSchema>;

const ROLES = `
  SELECT r.rolname AS name,
    pg_catalog.array_remove(ARRAY[CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN NOT r.rolinherit THEN 'NOINHERIT' END,
      CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolcanlogin THEN 'LOGIN' END,
      CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END], NULL) AS attributes,
    -- From Postgres 16 on there is one membership for each who granted it.
    ARRAY(SELECT g.rolname::text FROM pg_catalog.pg_roles g
          WHERE EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid AND m.roleid = g.oid)
          ORDER BY g.rolname COLLATE "C") AS "memberOf"
  FROM pg_catalog.pg_roles r WHERE r.rolname !~ '^pg_' ORDER BY r.rolname COLLATE "C"`;

/** All roles of the server, because the grants of a database may name any of them. */
export async function rolesOf(client: pg.Client): Promise<Role[]> {
  const { rows } = await client.query<Role>(ROLES);
  return rows;
}

/** Roles that own something in the database, have grants or settings there, or are named by a policy; and the roles they are members of. */
const NEEDED = `
  WITH RECURSIVE here AS (SELECT oid, datdba FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()),
  needed AS (
    SELECT refobjid AS oid FROM pg_catalog.pg_shdepend, here WHERE refclassid = 'pg_catalog.pg_authid'::regclass
      AND (dbid = here.oid OR (classid = 'pg_catalog.pg_database'::regclass AND objid = here.oid))
    UNION SELECT setrole FROM pg_catalog.pg_db_role_setting, here WHERE setdatabase = here.oid AND setrole <> 0
    UNION SELECT datdba FROM here
    UNION SELECT m.roleid FROM needed JOIN pg_catalog.pg_auth_members m ON m.member = needed.oid)
  SELECT r.rolname AS name FROM needed JOIN pg_catalog.pg_roles r USING (oid) WHERE r.rolname !~ '^pg_'`;

/** Roles that the database depends on, and the roles they are members of. */
export async function neededRolesOf(client: pg.Client): Promise<Role[]> {
  const { rows } = await client.query<{ name: string }>(NEEDED);
  const names = new Set(rows.map(({ name }) => name));
  return (await rolesOf(client)).filter(({ name }) => names.has(name));
}

/** Creates the roles that a verification server lacks, as a site's server has them before a restore. They have no passwords. */
export async function createRoles(client: pg.Client, roles: readonly SiteRole[]): Promise<void> {
  const present = new Set((await rolesOf(client)).map(({ name }) => name));
  const missing = roles.filter(({ name }) => !present.has(name));
  for (const { attributes, name } of missing)
    await client.query(`CREATE ROLE ${identifier(name)} ${attributes.join(" ")}`);
  for (const { memberOf, name } of missing)
    for (const group of memberOf) await client.query(`GRANT ${identifier(group)} TO ${identifier(name)}`);
}

/** Roles of a dump that are missing or different on the server, each as a sentence. */
export function compareRoles(needed: readonly SiteRole[], there: readonly SiteRole[]): string[] {
  return needed.flatMap((role) => {
    const found = there.find(({ name }) => name === role.name);
    if (!found) return [`role ${role.name}: is missing`];
    const [expected, got] = [role, found].map(({ attributes, memberOf }) => textOf(attributes, memberOf));
    return expected === got ? [] : [`role ${role.name}: must have ${expected}, got ${got}`];
  });
}

const textOf = (attributes: readonly string[], memberOf: readonly string[]) =>
  [
    [...attributes].sort().join(" ") || "no attributes",
    memberOf.length > 0 ? `memberships of ${[...memberOf].sort().join(", ")}` : "",
  ]
    .filter(Boolean)
    .join(" and ");
