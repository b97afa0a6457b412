import type pg from "pg";
import { z } from "zod";

/** Properties of a database itself, without its content. */
export const identitySchema = z.strictObject({
  name: z.string(),
  owner: z.string(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  /** Provider of the locale. */
  provider: z.enum(["libc", "icu", "builtin"]).default("libc"),
  /** Locale of a provider other than libc. */
  locale: z.string().nullable().default(null),
  icuRules: z.string().nullable().default(null),
  /** Version of the operating system's or ICU's collation when the database was created. */
  collationVersion: z.string().nullable().default(null),
  /** -1 means no limit. */
  connectionLimit: z.int().default(-1),
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

/** Columns of pg_database that only some majors have are read by name from the whole row. */
const IDENTITY = `
  SELECT d.datname AS name, pg_catalog.pg_get_userbyid(d.datdba) AS owner, pg_catalog.pg_encoding_to_char(d.encoding) AS encoding,
    d.datcollate AS collate, d.datctype AS ctype, d.datconnlimit AS "connectionLimit", w.whole ->> 'datcollversion' AS "collationVersion",
    CASE w.whole ->> 'datlocprovider' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END AS provider,
    coalesce(w.whole ->> 'datlocale', w.whole ->> 'daticulocale') AS locale, w.whole ->> 'daticurules' AS "icuRules",
    pg_catalog.shobj_description(d.oid, 'pg_database') AS comment, pg_catalog.current_setting('server_version') AS "serverVersion",
    pg_catalog.current_setting('server_version_num')::int AS "serverNumber", (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS "systemIdentifier",
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('grantee', coalesce(pg_catalog.pg_get_userbyid(nullif(x.grantee, 0)), 'PUBLIC'),
       'privilege', x.privilege_type, 'grantable', x.is_grantable)) FROM pg_catalog.aclexplode(d.datacl) x) AS grants,
    coalesce((SELECT pg_catalog.json_agg(pg_catalog.json_build_object('role', pg_catalog.pg_get_userbyid(nullif(s.setrole, 0)), 'setting', v))
       FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) v WHERE s.setdatabase = d.oid), '[]') AS settings
  FROM pg_catalog.pg_database d, LATERAL (SELECT pg_catalog.to_jsonb(d) AS whole) w WHERE d.datname = pg_catalog.current_database()`;

export async function identityOf(client: pg.Client): Promise<Identity> {
  const { rows } = await client.query<Identity>(IDENTITY);
  return rows[0]!;
}

/** 15 for 150014. */
export const majorOf = ({ serverNumber }: Pick<Identity, "serverNumber">) => Math.floor(serverNumber / 10_000);

/** Privileges on a database that has no grants. */
export const PUBLIC_DEFAULTS = ["CONNECT", "TEMPORARY"].map((privilege) => ({
  grantee: "PUBLIC",
  privilege,
  grantable: false,
}));

/** Setting that makes a site's database read-only. It is a matter of that site, so it is neither compared nor restored. */
export const READ_ONLY = "default_transaction_read_only";

/** Splits `search_path=a, b` into name and value. */
export function splitSetting(setting: string): [name: string, value: string] {
  const at = setting.indexOf("=");
  return [setting.slice(0, at), setting.slice(at + 1)];
}

/** Differences between the dumped properties of a database and the restored ones, each a sentence. */
export function compareIdentity(expected: Identity, found: Identity): string[] {
  const parts: [string, (identity: Identity) => string][] = [
    ["owner", ({ owner }) => owner],
    ["encoding", ({ encoding }) => encoding],
    ["locale", localeOf],
    ["connection limit", ({ connectionLimit }) => String(connectionLimit)],
    ["privileges", ({ grants, owner }) => grantsOf(grants, owner)],
    ["settings", ({ settings }) => settingsOf(settings)],
  ];
  return parts
    .filter(([, of]) => of(expected) !== of(found))
    .map(([what, of]) => `database, ${what}: must be ${of(expected) || "none"}, got ${of(found) || "none"}`);
}

const localeOf = ({ collate, ctype, icuRules, locale, provider }: Identity) =>
  [provider, collate, ctype, locale, icuRules].filter(Boolean).join(" ");

const grantsOf = (grants: Identity["grants"], owner: string) =>
  (grants ?? PUBLIC_DEFAULTS)
    // The owner's own privileges are left out, because an owner can grant and revoke them at any time.
    .filter(({ grantee }) => grantee !== owner)
    .map(({ grantable, grantee, privilege }) => `${grantee}=${privilege}${grantable ? "*" : ""}`)
    .sort()
    .join(" ");

const settingsOf = (settings: Identity["settings"]) =>
  settings
    .filter(({ role, setting }) => role !== null || splitSetting(setting)[0] !== READ_ONLY)
    .map(({ role, setting }) => `${role === null ? "" : `${role}: `}${setting}`)
    .sort()
    .join("; ");
