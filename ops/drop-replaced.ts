import { say, sql } from "./kubectl.ts";
import { database, type Site } from "./site.ts";

/** Names of the databases that a restore has replaced (`before`) or that an undo has replaced (`undone`). */
const KEPT = new RegExp(`^${database}_(before|undone)_\\d+$`);

const LIST = `
  SELECT datname, pg_size_pretty(pg_database_size(oid)) FROM pg_database WHERE datname ~ '${KEPT.source}' ORDER BY 1`;

/**
 * Lists the replaced databases that restores have kept, with their sizes. `yes` drops them all, a name drops that one; from then on only a
 * dump can bring their data back.
 */
export async function dropReplaced(site: Site, [chosen = "", yes = ""]: readonly string[]): Promise<void> {
  if (chosen && !KEPT.test(chosen))
    throw new Error(
      `DATABASE: must be one that a restore kept, got ${chosen}; \`make database-drop-replaced\` without it names them`,
    );
  const kept = (await sql(site, LIST)).map((line) => line.split("\t") as [string, string]);
  const meant = kept.filter(([name]) => !chosen || name === chosen);
  if (chosen && meant.length === 0)
    throw new Error(`DATABASE: must be one of ${kept.map(([name]) => name).join(", ") || "none"}, got ${chosen}`);
  if (meant.length === 0) say(`nothing is kept on ${site.stack}`);
  for (const [name, size] of meant) say(`${name}  ${size}`);
  if (!chosen && yes !== "1") {
    if (meant.length > 0)
      say(`drop all of it with \`make database-drop-replaced STACK=${site.stack} YES=1\`, one with DATABASE=<name>`);
    return;
  }
  for (const [name] of meant) {
    await sql(site, `DROP DATABASE ${name} WITH (FORCE)`);
    say(`dropped ${name}`);
  }
}
