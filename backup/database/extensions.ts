import pg from "pg";
import { z } from "zod";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import { isPassing } from "./passing.ts";
import { identifier, literal } from "./sql.ts";

export const extensionSchema = z.strictObject({
  name: z.string(),
  schema: z.string(),
  version: z.string(),
  owner: z.string(),
  /** Whether a superuser owns the extension. After a restore the owner is another superuser, or the database's owner. */
  ownedBySuperuser: z.boolean(),
  comment: z.string().nullable(),
  /** All objects of the extension, as `type identity`. Objects that a user added to it are in no dump. */
  members: z.array(z.string()),
});

export type Extension = z.infer<typeof extensionSchema>;

/**
 * Types that come with a relation or another type. Postgres 17 and later list them as members of their own (commit e5bc9454e, "Explicitly
 * list dependent types as extension members"), older majors do not; so they do not count as members here.
 */
const COMES_WITH_ANOTHER = `
  d.classid = 'pg_catalog.pg_type'::regclass AND EXISTS (
    SELECT FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE t.oid = d.objid AND (c.relkind <> 'c' OR t.typtype = 'm' OR EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)))`;

/** In order of creation, because an extension may need an earlier one. */
const EXTENSIONS = `
  SELECT e.extname AS name, n.nspname AS schema, e.extversion AS version, r.rolname AS owner, r.rolsuper AS "ownedBySuperuser",
    pg_catalog.obj_description(e.oid, 'pg_extension') AS comment,
    coalesce((SELECT pg_catalog.array_agg(i.type || ' ' || i.identity ORDER BY i.type COLLATE "C", i.identity COLLATE "C")
      FROM pg_catalog.pg_depend d, LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) i
      WHERE d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
        AND NOT (${COMES_WITH_ANOTHER})), '{}') AS members
  FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace JOIN pg_catalog.pg_roles r ON r.oid = e.extowner
  ORDER BY e.oid`;

export async function extensionsOf(client: pg.Client): Promise<Extension[]> {
  const { rows } = await client.query<Extension>(EXTENSIONS);
  return rows;
}

const VERSIONS = `
  SELECT w.name, a.default_version AS "defaultVersion" FROM pg_catalog.json_to_recordset($1) AS w(name text, version text)
    JOIN pg_catalog.pg_available_extensions a ON a.name = w.name
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_available_extension_versions v WHERE v.name = w.name AND v.version = w.version)`;

/** Extensions whose version this server no longer offers, each with the version that it creates in place of it. */
export async function replacedVersions(
  client: pg.Client,
  extensions: readonly Extension[],
): Promise<ReadonlyMap<string, string>> {
  const asked = JSON.stringify(extensions.map(({ name, version }) => ({ name, version })));
  const { rows } = await client.query<{ name: string; defaultVersion: string }>(VERSIONS, [asked]);
  return new Map(rows.map(({ defaultVersion, name }) => [name, defaultVersion]));
}

/** Facts about the database that the extensions are restored into. */
interface Target {
  readonly databaseOwner: string;
  readonly replaced: ReadonlyMap<string, string>;
}

/**
 * Creates the missing extensions in their versions and for their owners. pg_restore would create the newest version, owned by the role
 * that restores, and then the database's owner could not update it. Extensions of superusers become the database owner's.
 */
export async function createExtensions(
  client: pg.Client,
  extensions: readonly Extension[],
  { databaseOwner, replaced }: Target,
): Promise<void> {
  const { rows } = await client.query<{ extname: string }>("SELECT extname FROM pg_catalog.pg_extension");
  const there = new Set(rows.map(({ extname }) => extname));
  for (const { comment, name, owner, ownedBySuperuser, schema, version } of extensions) {
    if (there.has(name)) continue;
    if (replaced.has(name))
      say(`extension ${name} comes back in version ${replaced.get(name)!}: ${version} is not to be had here`);
    const asked = replaced.has(name) ? "" : ` VERSION ${literal(version)}`;
    await client.query(`SET ROLE ${identifier(ownedBySuperuser ? databaseOwner : owner)}`);
    try {
      await client.query(`CREATE EXTENSION ${identifier(name)} SCHEMA ${identifier(schema)}${asked}`).catch((error) => {
        throw unrestorable(name, schema, error as Error);
      });
      await client.query(`COMMENT ON EXTENSION ${identifier(name)} IS ${comment === null ? "NULL" : literal(comment)}`);
    } finally {
      await client.query("RESET ROLE");
    }
  }
}

function unrestorable(name: string, schema: string, error: Error): Error {
  if (!(error instanceof pg.DatabaseError) || isPassing(error)) return error;
  return new BackupError(
    "unrestorable",
    `extension ${name} in schema ${schema}: cannot be made by a recovery, got ${error.message}; ` +
      "name it in acci:postgres.extensions, which makes it with every database server, or drop it",
    { cause: error },
  );
}

/** Built-in types whose names are SQL keywords are printed without a schema: `json` is a keyword from Postgres 17 on (format_type.c). */
const plain = (member: string) => member.replaceAll("pg_catalog.", "");

/** Members that are not among the others. */
const without = (members: readonly string[], others: readonly string[]) => {
  const known = new Set(others.map(plain));
  return members.filter((member) => !known.has(plain(member)));
};

const isRelation = (member: string) => /^(table|sequence|view|materialized view|foreign table) /.test(member);

/** Whether the version differs for a reason: the extension came with its server, or its version is no longer offered. */
const isReplaced = ({ name, version }: Extension, found: Extension, replaced: ReadonlyMap<string, string>) =>
  version !== found.version && (found.ownedBySuperuser || replaced.get(name) === found.version);

/**
 * Members that did not come back: objects that a user added, which pg_dump leaves out as part of the extension. Another version may have
 * other members, so only relations, which hold data, count then.
 */
const lostMembers = ({ members }: Extension, found: Extension, other: boolean) =>
  without(members, found.members).filter((member) => !other || isRelation(member));

/** Throws when an extension has members that creating it does not bring back. */
export async function requireMembers(
  client: pg.Client,
  extensions: readonly Extension[],
  { replaced }: Target,
): Promise<void> {
  const there = await extensionsOf(client);
  for (const extension of extensions) {
    const found = there.find(({ name }) => name === extension.name);
    const [lost] = found ? lostMembers(extension, found, isReplaced(extension, found, replaced)) : [];
    if (lost !== undefined)
      throw new BackupError(
        "unrestorable",
        `extension ${extension.name}, of ${extension.owner}: must have no members of others, got ${lost}, which no dump has; ` +
          `take it out by ALTER EXTENSION ${identifier(extension.name)} DROP ${lost}`,
      );
  }
}

/** Differences between the dumped extensions and the restored ones, each a sentence. */
export function compareExtensions(
  expected: readonly Extension[],
  found: readonly Extension[],
  { databaseOwner, replaced }: Target,
): string[] {
  const ownerOf = ({ owner, ownedBySuperuser }: Extension) => (ownedBySuperuser ? databaseOwner : owner);
  const problems = expected.flatMap((extension) => {
    const { members, name, schema, version } = extension;
    const restored = found.find((one) => one.name === name);
    if (!restored) return [`extension ${name}: is missing`];
    const other = isReplaced(extension, restored, replaced);
    const lost = lostMembers(extension, restored, other);
    const extra = other ? [] : without(restored.members, members);
    return [
      ...(schema === restored.schema ? [] : [`extension ${name}: must be in schema ${schema}, got ${restored.schema}`]),
      ...(version === restored.version || other
        ? []
        : [`extension ${name}: must have version ${version}, got ${restored.version}`]),
      ...(extension.comment === restored.comment || restored.ownedBySuperuser
        ? []
        : [
            `extension ${name}: must have the comment ${extension.comment ?? "none"}, got ${restored.comment ?? "none"}`,
          ]),
      ...(ownerOf(extension) === ownerOf(restored)
        ? []
        : [`extension ${name}: must be ${ownerOf(extension)}'s, got ${ownerOf(restored)}'s`]),
      ...lost.map((member) => `extension ${name}: its member ${member} is missing`),
      ...extra.map((member) => `extension ${name}: its member ${member} was not in the dump's snapshot`),
    ];
  });
  const extra = found.filter(({ name }) => !expected.some((one) => one.name === name));
  return [...problems, ...extra.map(({ name }) => `extension ${name}: was not in the dump's snapshot`)];
}
