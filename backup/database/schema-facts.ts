import type pg from "pg";
import { NOT_SYSTEM, notOfExtension } from "./tables.ts";

/** Everything that is to be there after a restore besides rows: `kind name` to its definition. */
export type SchemaFacts = Readonly<Record<string, string>>;

const aclOf = (acl: string) =>
  `coalesce((SELECT pg_catalog.string_agg(coalesce(pg_catalog.pg_get_userbyid(nullif(x.grantee, 0)), 'PUBLIC') || '=' || x.privilege_type ||
     CASE WHEN x.is_grantable THEN '*' ELSE '' END, ' ' ORDER BY x.grantee = 0, pg_catalog.pg_get_userbyid(x.grantee) COLLATE "C", x.privilege_type COLLATE "C")
     FROM pg_catalog.aclexplode(${acl}) x), 'none')`;
const named = (name: string) => `n.nspname || '.' || ${name}`;
const owner = (oid: string) => `pg_catalog.pg_get_userbyid(${oid})`;

/** Each answers rows of `name` and `definition`. Whatever depends on an oid or on a setting of the server is left out. */
const QUERIES: Readonly<Record<string, string>> = {
  schema: `
    SELECT n.nspname AS name, ${owner("n.nspowner")} || ' ' || ${aclOf("coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))")} AS definition
    FROM pg_catalog.pg_namespace n WHERE ${NOT_SYSTEM} AND ${notOfExtension("pg_namespace", "n.oid")}`,
  extension: `SELECT e.extname AS name, e.extversion AS definition FROM pg_catalog.pg_extension e`,
  relation: `
    SELECT ${named("c.relname")} AS name, pg_catalog.concat_ws(' ', c.relkind, c.relpersistence, ${owner("c.relowner")},
      CASE WHEN c.relrowsecurity THEN 'rls' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END,
      ${aclOf("coalesce(c.relacl, pg_catalog.acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", c.relowner))")},
      pg_catalog.array_to_string(c.reloptions, ','), pg_catalog.pg_get_partkeydef(c.oid), pg_catalog.pg_get_expr(c.relpartbound, c.oid)) AS definition
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND ${NOT_SYSTEM} AND ${notOfExtension("pg_class", "c.oid")}`,
  column: `
    SELECT ${named("c.relname")} || '.' || a.attname AS name, pg_catalog.concat_ws(' ', pg_catalog.format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attnotnull THEN 'not null' END, nullif(a.attidentity, ''), nullif(a.attgenerated, ''), pg_catalog.pg_get_expr(f.adbin, f.adrelid),
      CASE WHEN a.attacl IS NOT NULL THEN ${aclOf("a.attacl")} END) AS definition
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped AND ${NOT_SYSTEM} AND ${notOfExtension("pg_class", "c.oid")}`,
  constraint: `
    SELECT ${named("c.relname")} || '.' || k.conname AS name, pg_catalog.pg_get_constraintdef(k.oid) AS definition
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE ${NOT_SYSTEM} AND ${notOfExtension("pg_class", "c.oid")}`,
  index: `
    SELECT ${named("i.relname")} AS name, pg_catalog.pg_get_indexdef(x.indexrelid) || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END AS definition
    FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
    WHERE ${NOT_SYSTEM} AND ${notOfExtension("pg_class", "c.oid")}`,
  view: `
    SELECT ${named("c.relname")} AS name, pg_catalog.pg_get_viewdef(c.oid) AS definition
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND ${NOT_SYSTEM} AND ${notOfExtension("pg_class", "c.oid")}`,
  policy: `
    SELECT ${named("c.relname")} || '.' || p.polname AS name, pg_catalog.concat_ws(' ', p.polcmd, CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
      (SELECT pg_catalog.string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(r) END, ',') FROM pg_catalog.unnest(p.polroles) r),
      pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) AS definition
    FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE ${NOT_SYSTEM}`,
  trigger: `
    SELECT ${named("c.relname")} || '.' || t.tgname AS name, pg_catalog.pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text AS definition
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND ${NOT_SYSTEM}`,
  function: `
    SELECT ${named("p.proname")} || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')' AS name,
      pg_catalog.concat_ws(' ', ${owner("p.proowner")}, ${aclOf("coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))")},
        CASE WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid) END) AS definition
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE ${NOT_SYSTEM} AND ${notOfExtension("pg_proc", "p.oid")}`,
  type: `
    SELECT ${named("t.typname")} AS name, pg_catalog.concat_ws(' ', t.typtype, ${owner("t.typowner")}, pg_catalog.format_type(nullif(t.typbasetype, 0), t.typtypmod),
      (SELECT pg_catalog.string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid)) AS definition
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype IN ('d', 'e', 'r') AND ${NOT_SYSTEM} AND ${notOfExtension("pg_type", "t.oid")}`,
  "default privilege": `
    SELECT ${owner("d.defaclrole")} || ' ' || coalesce(n.nspname, 'everywhere') || ' ' || d.defaclobjtype::text AS name, ${aclOf("d.defaclacl")} AS definition
    FROM pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace`,
};

/** Reads them in the session's transaction. */
export async function schemaFacts(client: pg.Client): Promise<SchemaFacts> {
  const facts: Record<string, string> = {};
  for (const [kind, query] of Object.entries(QUERIES)) {
    const { rows } = await client.query<{ name: string; definition: string }>(query);
    for (const { name, definition } of rows) facts[`${kind} ${name}`] = definition;
  }
  return facts;
}

/** One sentence for each difference. */
export function compareFacts(expected: SchemaFacts, found: SchemaFacts): string[] {
  const missing = Object.keys(expected).filter((name) => found[name] === undefined);
  const extra = Object.keys(found).filter((name) => expected[name] === undefined);
  const different = Object.keys(expected).filter((name) => found[name] !== undefined && found[name] !== expected[name]);
  return [
    ...missing.map((name) => `${name}: is missing`),
    ...extra.map((name) => `${name}: was not in the dump's snapshot`),
    ...different.map((name) => `${name}: must be ${expected[name]!}, got ${found[name]!}`),
  ];
}
