import type { Cache } from "./cache/invalidate.ts";
import type { Connection } from "./database/connection.ts";
import { BackupError } from "./errors.ts";

/** What the pod says about its work; secrets come in files, whose places it names. */
export class Settings {
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  text(name: string): string {
    const value = this.#env[name];
    if (!value) throw new BackupError("input", `${name}: is required, got nothing; set it in the environment`);
    return value;
  }

  optional(name: string): string | undefined {
    return this.#env[name] || undefined;
  }

  number(name: string, otherwise: number): number {
    const value = this.#env[name] || String(otherwise);
    if (!/^[1-9]\d*$/.test(value))
      throw new BackupError(
        "input",
        `${name}: must be a whole number from 1, got ${value}; set it to, for example, ${otherwise}`,
      );
    return Number(value);
  }

  optionalNumber(name: string): number | undefined {
    return this.optional(name) === undefined ? undefined : this.number(name, 1);
  }

  list(name: string): string[] {
    return (this.#env[name] ?? "").split(",").filter(Boolean);
  }

  json<T>(name: string): T {
    const value = this.text(name);
    try {
      return JSON.parse(value) as T;
    } catch (error) {
      throw new BackupError("input", `${name}: must be JSON, got ${value} (${(error as Error).message})`);
    }
  }

  /** By the variables of libpq, with the password in a file: PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD_FILE, PGSSLROOTCERT. */
  connection(): Connection {
    const passwordFile = this.optional("PGPASSWORD_FILE");
    const caFile = this.optional("PGSSLROOTCERT");
    return {
      host: this.text("PGHOST"),
      port: this.number("PGPORT", 5432),
      user: this.text("PGUSER"),
      database: this.text("PGDATABASE"),
      ...(passwordFile ? { passwordFile } : {}),
      ...(caFile ? { caFile } : {}),
    };
  }
  /** ACCI_CACHE_HOST, ACCI_CACHE_PORT, ACCI_CACHE_USER, ACCI_CACHE_PASSWORD_FILE and ACCI_CACHE_CA_FILE. */
  cache(): Cache {
    const caFile = this.optional("ACCI_CACHE_CA_FILE");
    return {
      host: this.text("ACCI_CACHE_HOST"),
      port: this.number("ACCI_CACHE_PORT", 6379),
      user: this.text("ACCI_CACHE_USER"),
      passwordFile: this.text("ACCI_CACHE_PASSWORD_FILE"),
      ...(caFile ? { caFile } : {}),
    };
  }
}
