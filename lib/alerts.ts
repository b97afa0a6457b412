import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** A file of Prometheus rules, which is also the spec of a PrometheusRule. */
export interface Rules {
  readonly groups: readonly object[];
}

/** Every file of rules in a folder, by its name; those that test them, `*.test.yaml`, left out. */
export function alertRules(folder: string): Record<string, Rules> {
  const files = readdirSync(folder).filter((file) => /^[^.]+\.yaml$/.test(file));
  return Object.fromEntries(
    files.sort().map((file) => [file.replace(".yaml", ""), parse(readFileSync(join(folder, file), "utf8")) as Rules]),
  );
}
