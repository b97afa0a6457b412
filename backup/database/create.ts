import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Identity } from "./identity.ts";
import { identifier, literal } from "./sql.ts";

type Locale = Pick<Identity, "collate" | "ctype" | "encoding" | "icuRules" | "locale" | "provider">;

/** Someone looks into the template for a moment; nobody may while it is copied. */
const TEMPLATE_IN_USE = "55006";
const ATTEMPTS = 100;
const PAUSE_MS = 200;

/** Makes a database that sorts and encodes as another does, in place of what an interrupted run left under the name. */
export async function createDatabase(
  client: pg.Client,
  name: string,
  { owner, template, ...locale }: Locale & { readonly owner: string; readonly template: "template0" | "template1" },
): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
  const statement = `CREATE DATABASE ${identifier(name)} TEMPLATE ${template} OWNER ${identifier(owner)} ${localeOf(locale)}`;
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(statement);
      return;
    } catch (error) {
      const busy = error instanceof pg.DatabaseError && error.code === TEMPLATE_IN_USE;
      if (!busy || attempt === ATTEMPTS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

function localeOf({ collate, ctype, encoding, icuRules, locale, provider }: Locale): string {
  return [
    `ENCODING ${literal(encoding)} LC_COLLATE ${literal(collate)} LC_CTYPE ${literal(ctype)}`,
    // Said where it is not the default alone: Postgres 14 and older do not know it.
    ...(provider === "libc"
      ? []
      : [`LOCALE_PROVIDER ${provider} ${provider.toUpperCase()}_LOCALE ${literal(locale ?? "")}`]),
    ...(icuRules ? [`ICU_RULES ${literal(icuRules)}`] : []),
  ].join(" ");
}
