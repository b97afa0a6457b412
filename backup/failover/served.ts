import { type Connection, withClient } from "../database/connection.ts";
import { BackupError } from "../errors.ts";
import type { SiteDatabase } from "./site-database.ts";

/** What the application appends to the description of a migration that took something away. */
const DECLARED = String.raw`\(oldest application (\d+)\)$`;
const MIGRATED = "SELECT WHERE pg_catalog.to_regclass('public._sqlx_migrations') IS NOT NULL";
const OLDEST = `SELECT pg_catalog.max((pg_catalog.regexp_match(description, $1))[1]::bigint) AS oldest FROM public._sqlx_migrations WHERE success`;

/** Drops a restored database that an application with migrations up to `application` would not serve, and throws. */
export async function requireServed(
  database: SiteDatabase,
  name: string,
  dump: string,
  application: number | undefined,
): Promise<void> {
  try {
    await requireServes(database.beside(name), `dump ${dump}`, application);
  } catch (error) {
    if (error instanceof BackupError) await database.drop(name);
    throw error;
  }
}

/**
 * Throws when an application with migrations up to `application` is too old for a database: it would refuse to start once the database is
 * the site's. A database without records of sqlx serves any.
 */
export async function requireServes(
  target: Connection,
  source: string,
  application: number | undefined,
): Promise<void> {
  if (application === undefined) return;
  const oldest = await withClient(target, async (client) => {
    const { rowCount } = await client.query(MIGRATED);
    if (rowCount === 0) return 0;
    const { rows } = await client.query<{ oldest: string | null }>(OLDEST, [DECLARED]);
    return Number(rows[0]!.oldest ?? 0);
  });
  if (application >= oldest) return;
  throw new BackupError(
    "refused",
    `${source}: must serve the application to be deployed, which has migration ${application}, got a schema for those with migration ` +
      `${oldest} or a later one; raise acci:image.version to the version that the lost site ran, or choose an older state`,
  );
}
