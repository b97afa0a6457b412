import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state.js";
import { withoutIdleStackTraces } from "./stack-traces.ts";

export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, any>;
  readonly opts: pulumi.CustomResourceOptions;
  /** Name of the provider, including an inherited one; undefined for a component and for a default provider. */
  readonly provider?: string;
}

/** Digest of every promoted or built image. */
export const DIGEST = `sha256:${"1".repeat(64)}`;

/** The images of a promoted version, as they are known after they were found and verified. */
export const knownOf = ({ image: { version } }: { readonly image: { readonly version?: string } }) => ({
  schema: { version: 1, oldestApplication: 0 },
  ...(version ? { promoted: { application: { version, digest: DIGEST }, backup: { version, digest: DIGEST } } } : {}),
});

export interface RecordOptions {
  readonly stack?: string;
}

const SECRET_MARK = "4dabf18193072939515e22adb298388d";

/** Runs `build` against mocks and returns every resource it registered, with the options that mocks do not show. */
export async function record(
  build: (opts: pulumi.ComponentResourceOptions) => void,
  options: RecordOptions = {},
): Promise<Recorded[]> {
  // A provider takes unset values from the environment, and the tester's own KUBECONFIG must not become part of a stack.
  delete process.env["KUBECONFIG"];
  const inputs = new Map<string, Record<string, any>>();
  const providers = new Map<string, string>();
  const call = (args: pulumi.runtime.MockCallArgs): never => {
    throw new Error(`unexpected provider call ${args.token}: a component must not read the world`);
  };
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        inputs.set(`${args.type}::${args.name}`, args.inputs);
        // urn:pulumi:<stack>::<project>::<type>::<name>::<id>
        if (args.provider) providers.set(`${args.type}::${args.name}`, args.provider.split("::")[3]!);
        return { id: `${args.name}-id`, state: { ...args.inputs, ...outputs(args) } };
      },
      call,
    },
    "acci",
    options.stack ?? "test",
    // A preview, in which nothing is observed.
    true,
  );
  // Mocks claim to support resource hooks, but do not.
  const store = (state as unknown as { getStore(): Record<string, unknown> }).getStore();
  store["supportsResourceHooks"] = false;
  const seen: Omit<Recorded, "inputs" | "provider">[] = [];
  await withoutIdleStackTraces(() => {
    // Mocks hide resource options; a transformation sees them, and child resources inherit it.
    build({ transformations: [({ type, name, opts }) => void seen.push({ type, name, opts })] });
    return pulumi.runtime.disconnect();
  });
  return seen.map((resource) => {
    const key = `${resource.type}::${resource.name}`;
    return { ...resource, inputs: inputs.get(key) ?? {}, provider: providers.get(key) };
  });
}

/** Outputs that the providers compute. An automatic name is derived from the resource's name. */
function outputs({ type, name, inputs }: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
  if (type === "random:index/randomPassword:RandomPassword") return { result: secret(`password-of-${name}`) };
  if (type.startsWith("docker-build:")) return { ref: `${inputs["tag"] ?? inputs["tags"][0]}@${DIGEST}` };
  if (type.startsWith("kubernetes:") && !type.includes("helm") && !type.startsWith("kubernetes:provider"))
    // With a resourceVersion, as an existing object has. The object of a dry run has none, so its outputs would be unknown.
    return { metadata: { name: `${name}-auto`, ...inputs["metadata"], resourceVersion: "1" } };
  return {};
}

export const secret = (value: unknown) => ({ [SECRET_MARK]: "1b47061264138c4ac30d75fd1eb44270", value });

/** The value inside a secret; any other value unchanged. */
export const unwrapSecret = (value: unknown): unknown =>
  isSecret(value) ? (value as { value: unknown }).value : value;

export const isSecret = (value: unknown): boolean =>
  typeof value === "object" && value !== null && SECRET_MARK in value;

/** The only resource of that type and name; throws when there is none or more than one. */
export function find(resources: readonly Recorded[], type: string, name: string): Recorded {
  const found = resources.filter((resource) => resource.type === type && resource.name === name);
  if (found.length !== 1)
    throw new Error(
      `expected one ${type} ${name}, got ${found.length} among:\n${resources.map((r) => `${r.type} ${r.name}`).join("\n")}`,
    );
  return found[0]!;
}

export const namesOf = (resources: readonly Recorded[], type: string): string[] =>
  resources
    .filter((resource) => resource.type === type)
    .map((resource) => resource.name)
    .sort();
