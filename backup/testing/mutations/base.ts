import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const folder = path.join(import.meta.dirname, "base");
/** The one that needs a superuser; the others are the owner's. */
const SUPERUSER = "00-superuser.sql";

const read = (names: readonly string[]) =>
  names.map((name) => readFileSync(path.join(folder, name), "utf8")).join("\n");

/** A schema with something of every kind that pg_dump brings back to a role without superuser. */
export function baseSetup(): { sql: string; superuser: string } {
  const names = readdirSync(folder).sort();
  return { sql: read(names.filter((name) => name !== SUPERUSER)), superuser: read([SUPERUSER]) };
}
