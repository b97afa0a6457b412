import type pg from "pg";
import { nameOf } from "../definitions/compare.ts";
import type { TocEntry } from "../definitions/toc.ts";
import { BackupError } from "../errors.ts";

/**
 * Objects that no archive of pg_dump has, and objects that come back in other ways only if their owner is not a superuser. The texts are
 * ASCII, for databases of any encoding.
 */
const LEFT_OUT = `
  SELECT 'subscription ' || subname AS name, pg_catalog.pg_get_userbyid(subowner) AS owner, 'drop it before a dump, and make it anew after a recovery' AS cure
  FROM pg_catalog.pg_subscription WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  UNION ALL
  SELECT 'user mapping of ' || usename || ' for server ' || srvname, usename, 'drop it: what it holds is a secret, which no dump may have'
  FROM pg_catalog.pg_user_mappings
  UNION ALL
  SELECT 'tablespace ' || t.spcname || ' of the database', pg_catalog.pg_get_userbyid(d.datdba), 'move the database to pg_default'
  FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
  WHERE d.datname = pg_catalog.current_database() AND t.spcname <> 'pg_default'
  UNION ALL
  SELECT pg_catalog.format('column %I.%I.%I', n.nspname, c.relname, a.attname), pg_catalog.pg_get_userbyid(c.relowner),
    'let it be NOT NULL, as its parent''s is, for it comes back so'
  FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute p ON p.attrelid = i.inhparent AND p.attnum > 0 AND p.attnotnull AND NOT p.attisdropped
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.inhrelid AND a.attname = p.attname AND NOT a.attnotnull
  WHERE c.relkind = 'r' AND pg_catalog.current_setting('server_version_num')::int < 180000
  UNION ALL
  SELECT 'large object ' || m.oid, r.rolname, 'let the database''s owner own it, by ALTER LARGE OBJECT, or unlink it'
  FROM pg_catalog.pg_largeobject_metadata m JOIN pg_catalog.pg_roles r ON r.oid = m.lomowner WHERE r.rolsuper`;

const SUPERUSERS = "SELECT rolname AS name FROM pg_catalog.pg_roles WHERE rolsuper";

const SHOWN = 10;

interface Found {
  readonly name: string;
  readonly owner: string;
  readonly cure: string;
}

/**
 * Throws when a definition cannot be restored: one owned by a superuser, which the restoring role may not become, or one in a tablespace
 * that a recovery's server does not have. Other reasons are found when the dump is verified.
 */
export async function refuseUnrestorable(client: pg.Client, entries: readonly TocEntry[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(SUPERUSERS);
  const superusers = new Set(rows.map(({ name }) => name));
  const owned = entries
    .filter(({ owner }) => superusers.has(owner))
    .map((entry) => ({
      name: nameOf(entry),
      owner: entry.owner,
      cure:
        entry.desc === "DATABASE"
          ? "give it an owner who is no superuser"
          : "let the database's owner own it, or drop it",
    }));
  const placed = entries
    .filter(({ tablespace }) => tablespace !== "" && tablespace !== "pg_default")
    .map((entry) => ({
      name: nameOf(entry),
      owner: entry.owner,
      cure: `move it from tablespace ${entry.tablespace} to pg_default: a recovery's server has no other`,
    }));
  refuse([...owned, ...placed]);
}

/** Throws when the database has something that pg_dump leaves out. This comes first, because pg_dump's own warning does not name it. */
export async function refuseLeftOut(client: pg.Client): Promise<void> {
  refuse((await client.query<Found>(LEFT_OUT)).rows);
}

function refuse(found: readonly Found[]): void {
  if (found.length === 0) return;
  const lines = found.slice(0, SHOWN).map(({ cure, name, owner }) => `${name}, of ${owner}; ${cure}`);
  const more = found.length > SHOWN ? [`and ${found.length - SHOWN} more`] : [];
  throw new BackupError(
    "unrestorable",
    [`the database must have nothing that a recovery could not bring back, got`, ...lines, ...more].join("\n  "),
  );
}
