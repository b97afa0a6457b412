import { parseConfig } from "../../config/load.ts";
import { type JudgedResource, UNKNOWN } from "../model/judged-resource.ts";
import { isMap } from "../../tooling/maps.ts";
import { buildStack } from "../../stack.ts";
import { isSecret, record, knownOf, type Recorded, unwrapSecret } from "../../test/recorder.ts";
import { stackValues } from "../../test/stack-config.ts";

/** Resources of a stack of this repository as the policy pack sees them, recorded without a cluster and without real secrets. */
export async function subjectsOf(stack: string, exposure: object = {}, more: object = {}): Promise<JudgedResource[]> {
  const values = stackValues(stack);
  const config = parseConfig(stack, { ...values, exposure: { ...values["exposure"], ...exposure }, ...more });
  const resources = await record((opts) => void buildStack(config, knownOf(config), opts), { stack });
  return resources.map((resource) => subjectOf(stack, resource));
}

export function subjectOf(stack: string, { inputs, name, opts, provider, type }: Recorded): JudgedResource {
  const secrets: string[] = [];
  const props = unwrap(inputs, "", secrets) as JudgedResource["props"];
  return { type, name, stack, props, secrets, protect: opts.protect ?? false, provider };
}

function unwrap(value: unknown, path: string, secrets: string[]): unknown {
  if (isSecret(value)) {
    secrets.push(path);
    return unwrap(unwrapSecret(value), path, secrets);
  }
  if (value === undefined) return UNKNOWN;
  if (Array.isArray(value)) return value.map((inner, i) => unwrap(inner, `${path}.${i}`, secrets));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, unwrap(inner, path === "" ? key : `${path}.${key}`, secrets)]),
  );
}
