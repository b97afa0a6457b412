import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** A file of Prometheus rules, which is also the spec of a PrometheusRule. */
export interface Rules {
  readonly groups: readonly object[];
}

/** Rule files of a folder by name, without their tests (`*.test.yaml`) and without those in `except`. */
export function alertRules(folder: string, except: readonly string[] = []): Record<string, Rules> {
  const names = readdirSync(folder)
    .filter((file) => /^[^.]+\.yaml$/.test(file))
    .map((file) => file.replace(".yaml", ""))
    .filter((name) => !except.includes(name));
  return Object.fromEntries(
    names.sort().map((name) => [name, parse(readFileSync(join(folder, `${name}.yaml`), "utf8")) as Rules]),
  );
}
