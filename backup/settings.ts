import type { Cache } from "./cache/invalidate.ts";
import { Malformed, type Variable } from "./contract/variable.ts";
import { type ValueOf, type VariableKey, VARIABLES } from "./contract/variables.ts";
import type { Connection } from "./database/connection.ts";
import { BackupError } from "./errors.ts";

/** Settings of a tool, from the environment of its pod. A variable is parsed only when it is used, because no command needs all of them. */
export type Settings = { readonly [K in VariableKey]: ValueOf<K> };

export function read(env: NodeJS.ProcessEnv): Settings {
  const getters = Object.entries<Variable<unknown>>(VARIABLES).map(([key, variable]) => [
    key,
    { enumerable: true, get: () => valueOf(variable, env) },
  ]);
  return Object.defineProperties({}, Object.fromEntries(getters) as PropertyDescriptorMap) as Settings;
}

function valueOf({ name, parse }: Variable<unknown>, env: NodeJS.ProcessEnv): unknown {
  try {
    return parse(env[name]);
  } catch (error) {
    if (error instanceof Malformed) throw new BackupError("input", error.message);
    throw error;
  }
}

/** The connection that the variables of libpq describe; the password is in a file. */
export const connectionOf = (settings: Settings): Connection => ({
  host: settings.databaseHost,
  port: settings.databasePort,
  user: settings.databaseUser,
  database: settings.databaseName,
  ...(settings.databasePasswordFile ? { passwordFile: settings.databasePasswordFile } : {}),
  ...(settings.databaseCaFile ? { caFile: settings.databaseCaFile } : {}),
});

export const cacheOf = (settings: Settings): Cache => ({
  host: settings.cacheHost,
  port: settings.cachePort,
  user: settings.cacheUser,
  passwordFile: settings.cachePasswordFile,
  ...(settings.cacheCaFile ? { caFile: settings.cacheCaFile } : {}),
});
