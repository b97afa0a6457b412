import type pg from "pg";
import { z } from "zod";
import { identifier } from "./sql.ts";

/** A role without its password: passwords are the stack's secrets, and never in a dump. */
export const roleSchema = z.strictObject({
  name: z.string(),
  /** LOGIN, BYPASSRLS and their like, by name. */
  attributes: z.array(z.string()),
  memberOf: z.array(z.string()),
});

export type Role = z.infer<typeof roleSchema>;

const ROLES = `
  SELECT r.rolname AS name,
    pg_catalog.array_remove(ARRAY[CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN NOT r.rolinherit THEN 'NOINHERIT' END,
      CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolcanlogin THEN 'LOGIN' END,
      CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END], NULL) AS attributes,
    ARRAY(SELECT g.rolname::text FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
          WHERE m.member = r.oid ORDER BY g.rolname COLLATE "C") AS "memberOf"
  FROM pg_catalog.pg_roles r WHERE r.rolname !~ '^pg_' ORDER BY r.rolname COLLATE "C"`;

/** The roles of the whole server: a database's grants name them. */
export async function rolesOf(client: pg.Client): Promise<Role[]> {
  const { rows } = await client.query<Role>(ROLES);
  return rows;
}

/** Makes the roles a throwaway server lacks. Nobody logs in there, so no one may. */
export async function createRoles(client: pg.Client, roles: readonly Role[]): Promise<void> {
  const present = new Set((await rolesOf(client)).map(({ name }) => name));
  const missing = roles.filter(({ name }) => !present.has(name));
  for (const { attributes, name } of missing) {
    const kept = attributes.filter((attribute) => attribute !== "LOGIN" && attribute !== "SUPERUSER");
    await client.query(`CREATE ROLE ${identifier(name)} NOLOGIN ${kept.join(" ")}`);
  }
  for (const { memberOf, name } of missing)
    for (const group of memberOf) await client.query(`GRANT ${identifier(group)} TO ${identifier(name)}`);
}
