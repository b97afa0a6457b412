import type pg from "pg";
import { z } from "zod";
import { identifier, literal } from "./sql.ts";

/** A large object without its content. */
export const largeObjectSchema = z.strictObject({
  oid: z.string(),
  owner: z.string(),
  /** Grants, the owner's own included; null for the server's defaults. */
  grants: z.array(z.strictObject({ grantee: z.string(), privilege: z.string(), grantable: z.boolean() })).nullable(),
  comment: z.string().nullable(),
});

export type LargeObject = z.infer<typeof largeObjectSchema>;

const OBJECTS = `
  SELECT m.oid::text AS oid, pg_catalog.pg_get_userbyid(m.lomowner) AS owner, pg_catalog.obj_description(m.oid, 'pg_largeobject') AS comment,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('grantee', coalesce(pg_catalog.pg_get_userbyid(nullif(x.grantee, 0)), 'PUBLIC'),
       'privilege', x.privilege_type, 'grantable', x.is_grantable) ORDER BY x.grantee, x.privilege_type)
       FROM pg_catalog.aclexplode(m.lomacl) x) AS grants
  FROM pg_catalog.pg_largeobject_metadata m ORDER BY m.oid`;

export async function largeObjectsOf(client: pg.Client): Promise<LargeObject[]> {
  const { rows } = await client.query<LargeObject>(OBJECTS);
  return rows;
}

/**
 * Content of all large objects in pages of two kilobytes. The right to read every table is enough for it, whereas opening the objects one
 * by one would need rights on each.
 */
export const PAGES = "(SELECT loid, pageno, data FROM pg_catalog.pg_largeobject ORDER BY loid, pageno)";

/** Creates the large objects, empty, for their owners. */
export async function createLargeObjects(client: pg.Client, objects: readonly LargeObject[]): Promise<void> {
  for (const { comment, oid, owner } of objects) {
    await client.query(`SET ROLE ${identifier(owner)}`);
    await client.query("SELECT pg_catalog.lo_create($1::oid)", [oid]);
    if (comment !== null) await client.query(`COMMENT ON LARGE OBJECT ${oid} IS ${literal(comment)}`);
    await client.query("RESET ROLE");
  }
}

/**
 * Applies the grants of the large objects. It comes after their content is written, because it revokes rights that an owner does not have.
 */
export async function grantLargeObjects(client: pg.Client, objects: readonly LargeObject[]): Promise<void> {
  for (const { grants, oid, owner } of objects) {
    if (grants === null) continue;
    await client.query(`SET ROLE ${identifier(owner)}`);
    await client.query(`REVOKE ALL ON LARGE OBJECT ${oid} FROM ${identifier(owner)}`);
    for (const { grantable, grantee, privilege } of grants) {
      const to = grantee === "PUBLIC" ? "PUBLIC" : identifier(grantee);
      await client.query(`GRANT ${privilege} ON LARGE OBJECT ${oid} TO ${to}${grantable ? " WITH GRANT OPTION" : ""}`);
    }
    await client.query("RESET ROLE");
  }
}

/** Temporary table that COPY fills with the pages, because the server writes a large object only piece by piece. */
export const STAGED = "pg_temp.acci_pages";
export const STAGE = `CREATE TEMPORARY TABLE acci_pages (loid oid, pageno int, data bytea)`;
export const FILL = `SELECT pg_catalog.count(pg_catalog.lo_put(loid, pageno::bigint * 2048, data)) FROM ${STAGED}`;

export function compareLargeObjects(expected: readonly LargeObject[], found: readonly LargeObject[]): string[] {
  const there = new Map(found.map((object) => [object.oid, object]));
  const problems = expected.flatMap((object) => {
    const restored = there.get(object.oid);
    if (!restored) return [`large object ${object.oid}: is missing`];
    return textOf(object) === textOf(restored)
      ? []
      : [`large object ${object.oid}: must have ${textOf(object)}, got ${textOf(restored)}`];
  });
  const known = new Set(expected.map(({ oid }) => oid));
  const extra = found.filter(({ oid }) => !known.has(oid));
  return [...problems, ...extra.map(({ oid }) => `large object ${oid}: was not in the dump's snapshot`)];
}

const textOf = ({ comment, grants, owner }: LargeObject) =>
  [
    `owner ${owner}`,
    ...(grants ?? ["SELECT", "UPDATE"].map((privilege) => ({ grantee: owner, privilege, grantable: false })))
      .map(({ grantable, grantee, privilege }) => `${grantee}=${privilege}${grantable ? "*" : ""}`)
      .sort(),
    ...(comment === null ? [] : [`comment ${literal(comment)}`]),
  ].join(" ");
