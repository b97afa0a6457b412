import { type Connection, withClient } from "../../database/connection.ts";
import { identifier, literal } from "../../database/sql.ts";

/** What a template does not pass on, as rows of the catalogues: there is no statement that says all of it. */
const PASSED_ON = `
  SET allow_system_table_mods = on;
  UPDATE pg_catalog.pg_database c SET datdba = o.datdba, datacl = o.datacl, datconnlimit = o.datconnlimit FROM pg_catalog.pg_database o
    WHERE o.datname = $original AND c.datname = $copy;
  INSERT INTO pg_catalog.pg_db_role_setting SELECT c.oid, s.setrole, s.setconfig
    FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database o ON o.oid = s.setdatabase, pg_catalog.pg_database c WHERE o.datname = $original AND c.datname = $copy;
  INSERT INTO pg_catalog.pg_shdescription SELECT c.oid, d.classoid, d.description
    FROM pg_catalog.pg_shdescription d JOIN pg_catalog.pg_database o ON o.oid = d.objoid, pg_catalog.pg_database c
    WHERE d.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass AND o.datname = $original AND c.datname = $copy`;

/** Runs the work with a copy of a database, which nobody else may be connected to, and drops it. */
export async function withCopy<T>(
  original: Connection,
  name: string,
  work: (copy: Connection) => Promise<T>,
): Promise<T> {
  const server = { ...original, database: "postgres" };
  const passedOn = PASSED_ON.replaceAll("$original", literal(original.database)).replaceAll("$copy", literal(name));
  await withClient(server, async (client) => {
    await client.query(`CREATE DATABASE ${identifier(name)} TEMPLATE ${identifier(original.database)}`);
    await client.query(passedOn);
  });
  try {
    return await work({ ...original, database: name });
  } finally {
    await withClient(server, (client) => client.query(`DROP DATABASE ${identifier(name)} WITH (FORCE)`));
  }
}
