import type pg from "pg";
import type { Identity } from "./identity.ts";
import { literal } from "./sql.ts";

/**
 * The identity with its ICU locale as the session's server stores it. Postgres 16 and later store a language tag, however the locale was
 * given: `de-u-co-phonebk` for `de@collation=phonebook` (commit ea1db8ae7, "Canonicalize ICU locale names to language tags").
 */
export async function inWordsOf(client: pg.Client, identity: Identity): Promise<Identity> {
  if (identity.provider !== "icu" || identity.locale === null) return identity;
  await client.query("BEGIN");
  try {
    await client.query(`CREATE COLLATION pg_temp.acci_locale (provider = icu, locale = ${literal(identity.locale)})`);
    // The column's name differs between majors.
    const { rows } = await client.query<{ locale: string }>(
      `SELECT coalesce(w.whole ->> 'colllocale', w.whole ->> 'colliculocale') AS locale
       FROM pg_catalog.pg_collation c, LATERAL (SELECT pg_catalog.to_jsonb(c) AS whole) w
       WHERE c.collname = 'acci_locale' AND c.collnamespace = pg_catalog.pg_my_temp_schema()`,
    );
    return { ...identity, locale: rows[0]!.locale };
  } finally {
    await client.query("ROLLBACK");
  }
}
