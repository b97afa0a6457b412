import { parseConfig } from "../../config/load.ts";
import { buildStack } from "../../stack.ts";
import type { Manifest } from "../chart/helm.ts";
import { isSecret, knownOf, record, unwrapSecret } from "../recorder.ts";
import { type StackName, stackValues } from "../stack-config.ts";

/** The objects of a stack as they are sent to the cluster. */
export async function objectsOf(stack: StackName): Promise<Manifest[]> {
  const config = parseConfig(stack, stackValues(stack));
  const resources = await record((opts) => void buildStack(config, knownOf(config), opts), { stack });
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:") && !type.endsWith(":Release"))
    .map(({ inputs, name }) => {
      const object = bare(inputs) as Manifest;
      return { ...object, metadata: { ...object.metadata, name: object.metadata.name ?? name } };
    });
}

function bare(value: unknown): unknown {
  if (isSecret(value)) return bare(unwrapSecret(value));
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bare(inner)]));
}
