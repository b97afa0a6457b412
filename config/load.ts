import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { scaled } from "./footprint.ts";
import { problems, unwrap } from "./problems.ts";
import { crossChecks } from "./rules.ts";
import { schema, type Values } from "./schema.ts";

/** Everything a stack decides, checked and frozen. */
export type StackConfig = Values & { readonly stack: string };

const NAMESPACE = "acci:";

/** Reads and checks the configuration of the current stack, and reports every problem at once. */
export function loadConfig(): StackConfig {
  const raw = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(NAMESPACE));
  const input = Object.fromEntries(raw.map(([key, value]) => decode(key.slice(NAMESPACE.length), value)));
  return parseConfig(pulumi.getStack(), input, (path) => isSecret(`${NAMESPACE}${String(path[0])}`));
}

/** Pure half of {@link loadConfig}. */
export function parseConfig(
  stack: string,
  input: Readonly<Record<string, unknown>>,
  isSecretPath: (path: readonly PropertyKey[]) => boolean = () => false,
): StackConfig {
  const parsed = schema.safeParse(input);
  const values = parsed.success ? scaled(parsed.data) : undefined;
  const found = values ? crossChecks(stack, values) : problems(schema, parsed.error!, input, isSecretPath);
  if (!values || found.length > 0) {
    throw new pulumi.RunError(`invalid configuration of stack ${stack}\n${found.map((p) => `  - ${p}`).join("\n")}`);
  }
  return deepFreeze({ ...values, stack });
}

/** The engine hands over every value as a string; all but declared texts are JSON. */
function decode(name: string, value: string): [string, unknown] {
  const type = name in schema.shape ? unwrap(schema.shape[name as keyof Values]) : undefined;
  if (type instanceof z.ZodString) return [name, value];
  try {
    return [name, JSON.parse(value) as unknown];
  } catch {
    return [name, value];
  }
}

/** Exported by the SDK but stripped from its typings. Without it a secret could be quoted in a problem. */
function isSecret(key: string): boolean {
  return (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) deepFreeze(inner as object);
  }
  return Object.freeze(value);
}
