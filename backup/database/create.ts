import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Identity } from "./identity.ts";
import { identifier, literal } from "./sql.ts";

type Locale = Pick<Identity, "collate" | "ctype" | "encoding" | "icuRules" | "locale" | "provider">;

/** SQLSTATE while another session is connected to the template, which CREATE DATABASE does not allow. Such sessions are short. */
const TEMPLATE_IN_USE = "55006";
const ATTEMPTS = 100;
const PAUSE_MS = 200;

/** Creates a database with the given encoding and locale. A database of that name, left by an interrupted run, is dropped first. */
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
    // The provider is named only when it is not the default, because Postgres 14 and older have no such option.
    ...(provider === "libc"
      ? []
      : [`LOCALE_PROVIDER ${provider} ${provider.toUpperCase()}_LOCALE ${literal(locale ?? "")}`]),
    ...(icuRules ? [`ICU_RULES ${literal(icuRules)}`] : []),
  ].join(" ");
}
