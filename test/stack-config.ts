import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { project } from "../tooling/paths.ts";

export const STACKS = ["dev", "prod", "dr"] as const;
export type StackName = (typeof STACKS)[number];

/** The `acci:` keys of a stack's file, as the program receives them. */
export function stackValues(stack: string): Record<string, any> {
  const { config } = parse(readFileSync(join(project, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  const own = Object.entries(config).filter(([key]) => key.startsWith("acci:"));
  return Object.fromEntries(own.map(([key, value]) => [key.slice("acci:".length), value]));
}
