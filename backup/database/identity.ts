import type pg from "pg";
import { z } from "zod";

/** What a database is, besides what is in it. */
export const identitySchema = z.strictObject({
  name: z.string(),
  owner: z.string(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  /** Privileges on the database itself; null for the server's defaults. */
  grants: z.array(z.strictObject({ grantee: z.string(), privilege: z.string(), grantable: z.boolean() })).nullable(),
  /** `ALTER DATABASE … SET`, for all roles or for one. */
  settings: z.array(z.strictObject({ role: z.string().nullable(), setting: z.string() })),
  comment: z.string().nullable(),
  serverVersion: z.string(),
  /** `server_version_num`, for example 150014. */
  serverNumber: z.int(),
  systemIdentifier: z.string(),
});

export type Identity = z.infer<typeof identitySchema>;

const IDENTITY = `
  SELECT d.datname AS name, pg_catalog.pg_get_userbyid(d.datdba) AS owner, pg_catalog.pg_encoding_to_char(d.encoding) AS encoding,
    pg_catalog.shobj_description(d.oid, 'pg_database') AS comment, d.datcollate AS collate, d.datctype AS ctype, pg_catalog.current_setting('server_version') AS "serverVersion",
    pg_catalog.current_setting('server_version_num')::int AS "serverNumber", (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS "systemIdentifier",
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('grantee', coalesce(pg_catalog.pg_get_userbyid(nullif(x.grantee, 0)), 'PUBLIC'),
       'privilege', x.privilege_type, 'grantable', x.is_grantable)) FROM pg_catalog.aclexplode(d.datacl) x) AS grants,
    coalesce((SELECT pg_catalog.json_agg(pg_catalog.json_build_object('role', pg_catalog.pg_get_userbyid(nullif(s.setrole, 0)), 'setting', v))
       FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) v WHERE s.setdatabase = d.oid), '[]') AS settings
  FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()`;

export async function identityOf(client: pg.Client): Promise<Identity> {
  const { rows } = await client.query<Identity>(IDENTITY);
  return rows[0]!;
}

/** 15 of 150014. */
export const majorOf = ({ serverNumber }: Pick<Identity, "serverNumber">) => Math.floor(serverNumber / 10_000);
