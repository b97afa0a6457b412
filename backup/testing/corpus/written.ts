import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const folder = path.join(import.meta.dirname, "written");

export interface Written {
  readonly name: string;
  /** Of the database's owner, and then of a superuser. */
  readonly sql: string;
  readonly superuser: string;
  /** Of `CREATE DATABASE`. */
  readonly options: string;
}

const OPTIONS = /^-- database: (.*)$/m;
const AS_SUPERUSER = "-- as superuser\n";

/** Schemas that pg_dump brings back, each with a trap. */
export const writtenSchemas = (): Written[] =>
  readdirSync(folder)
    .sort()
    .map((file) => {
      const text = readFileSync(path.join(folder, file), "utf8");
      const [sql = "", superuser = ""] = text.split(AS_SUPERUSER);
      const options = `TEMPLATE template0 ${OPTIONS.exec(text)?.[1] ?? ""}`;
      return { name: path.basename(file, ".sql"), sql, superuser, options };
    });
