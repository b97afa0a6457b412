const SECRET = "[secret]";
/** Key that marks a secret in the engine's output. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const NAMES = /(password|passwd|passphrase|token|api_?key|private_?key|secret_?key|dsn|connection_?string)$/i;
const LOGIN = /(:\/\/[^:/@\s]*:)[^@/\s]+@/g;

export type Flat = ReadonlyMap<string, string>;

/** Every value below a property by its path, secrets masked. */
export function flatten(value: unknown, path = ""): Flat {
  if (isSecret(value) || NAMES.test(path)) return new Map([[path, SECRET]]);
  if (typeof value !== "object" || value === null)
    return new Map([[path, maskText(JSON.stringify(value) ?? "nothing")]]);
  const inner = Object.entries(value).flatMap(([key, below]) => [
    ...flatten(below, path === "" ? key : `${path}.${key}`),
  ]);
  return new Map(inner);
}

const isSecret = (value: unknown): boolean => typeof value === "object" && value !== null && SIGNATURE in value;

/** Masks logins in URLs. The engine masks only the values that it tracks as secret. */
export const maskText = (text: string): string => text.replaceAll(LOGIN, `$1${SECRET}@`);

/** One line for each path whose value differs. */
export function differences(before: unknown, after: unknown): string[] {
  const [old, now] = [flatten(before ?? {}), flatten(after ?? {})];
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => {
      if (!old.has(path)) return `+ ${path}: ${now.get(path)}`;
      if (!now.has(path)) return `- ${path}: ${old.get(path)}`;
      return `~ ${path}: ${old.get(path)} → ${now.get(path)}`;
    });
}
