import type pg from "pg";
import type { Identity } from "./identity.ts";
import { identifier, literal } from "./sql.ts";

/** Makes an empty database that sorts and encodes as another does, in place of what an interrupted run left under the name. */
export async function createDatabase(
  client: pg.Client,
  name: string,
  { collate, ctype, encoding }: Pick<Identity, "collate" | "ctype" | "encoding">,
  owner?: string,
): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
  await client.query(
    `CREATE DATABASE ${identifier(name)} TEMPLATE template0 ${owner ? `OWNER ${identifier(owner)} ` : ""}` +
      `ENCODING ${literal(encoding)} LC_COLLATE ${literal(collate)} LC_CTYPE ${literal(ctype)}`,
  );
}
