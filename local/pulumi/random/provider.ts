import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { diffInputs } from "../serve/diff.ts";
import { notImplemented, rejectUnknownKeys, type Failure } from "../serve/errors.ts";
import type { Context, Provider } from "../serve/provider.ts";
import { hasUnknown, plain, secret, unknown, type Props } from "../serve/values.ts";
import { generate, optionsOf, stringInputs, withDefaults } from "./password.ts";

interface Kind {
  readonly inputs: readonly string[];
  check(inputs: Props): Failure[];
  normalize(inputs: Props): Props;
  /** Outputs besides the inputs; `result` is the import id or a generated value. */
  generate(inputs: Props): { id: string; outputs: Props };
  /** Names of the outputs that are unknown until the creation. */
  readonly computed: readonly string[];
  readonly secrets: readonly string[];
}

const isNumber = (value: unknown): value is number => typeof value === "number";

function checkLength(inputs: Props): Failure[] {
  const options = optionsOf(inputs);
  if (hasUnknown(inputs)) return [];
  const minimum = Math.max(1, options.minLower + options.minUpper + options.minNumeric + options.minSpecial);
  if (isNumber(options.length) && options.length >= minimum) return [];
  return [
    {
      property: "length",
      reason: `must be at least ${minimum}, got ${String(options.length)}`,
    },
  ];
}

const string = (idOf: (result: string) => string, secrets: readonly string[]): Kind => ({
  inputs: stringInputs,
  check: checkLength,
  normalize: withDefaults,
  generate: (inputs) => {
    const result = generate(optionsOf(inputs));
    return { id: idOf(result), outputs: { result } };
  },
  computed: ["result"],
  secrets,
});

const id: Kind = {
  inputs: ["byteLength", "keepers", "prefix"],
  check: (inputs) =>
    hasUnknown(inputs) || (isNumber(inputs.byteLength) && inputs.byteLength >= 1)
      ? []
      : [
          {
            property: "byteLength",
            reason: `must be at least 1, got ${String(inputs.byteLength)}`,
          },
        ],
  normalize: (inputs) => inputs,
  generate: (inputs) => {
    const { byteLength, prefix = "" } = plain<{
      byteLength: number;
      prefix?: string;
    }>(inputs);
    const bytes = randomBytes(byteLength);
    const base64url = bytes.toString("base64url");
    const outputs = {
      b64Std: prefix + bytes.toString("base64"),
      b64Url: prefix + base64url,
      hex: prefix + bytes.toString("hex"),
      dec: prefix + BigInt(`0x${bytes.toString("hex")}`).toString(),
    };
    return { id: base64url, outputs };
  },
  computed: ["b64Std", "b64Url", "hex", "dec"],
  secrets: [],
};

const kinds: Record<string, Kind> = {
  "random:index/randomPassword:RandomPassword": string(() => "none", ["result"]),
  "random:index/randomString:RandomString": string((result) => result, []),
  "random:index/randomId:RandomId": id,
};

function kindOf({ type }: Pick<Context, "type">): Kind {
  const kind = kinds[type];
  if (!kind) throw notImplemented("random", type);
  return kind;
}

function stateOf(kind: Kind, inputs: Props, outputs: Props): Props {
  const { keepers, ...defaults } = kind.normalize(inputs);
  const marked = Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [key, kind.secrets.includes(key) ? secret(value) : value]),
  );
  // Both names of the option are set, because the official provider upgrades a state by the older one.
  const number = "numeric" in defaults ? { number: defaults.numeric } : {};
  return { ...defaults, ...number, ...inputs, ...(keepers ? { keepers } : {}), ...marked };
}

/** RandomPassword, RandomString and RandomId of @pulumi/random, without `bcryptHash`, which needs a dependency that nothing here uses. */
export const random: Provider = {
  name: "random",
  version: (
    createRequire(import.meta.url)("@pulumi/random/package.json") as {
      version: string;
    }
  ).version,
  check: (context, _olds, news) => {
    const kind = kindOf(context);
    return {
      inputs: news,
      failures: [...rejectUnknownKeys("random", news, kind.inputs), ...kind.check(plain(news))],
    };
  },
  diff: (context, _id, olds, _state, news) => {
    const kind = kindOf(context);
    return {
      detailed: diffInputs(kind.normalize(olds), kind.normalize(news), () => true),
    };
  },
  create: (context, inputs) => {
    const kind = kindOf(context);
    const pending = Object.fromEntries(kind.computed.map((key) => [key, unknown]));
    const { id: newId, outputs } = context.preview ? { id: "", outputs: pending } : kind.generate(inputs);
    return Promise.resolve({
      id: newId,
      state: stateOf(kind, inputs, outputs),
    });
  },
  read: (context, importId, inputs, state) => {
    const kind = kindOf(context);
    if (state && Object.keys(state).length > 0) return Promise.resolve({ id: importId, inputs: inputs ?? {}, state });
    if (kind === id) throw notImplemented("random", `import of ${context.type}`);
    const imported = { length: importId.length };
    const newId = kind.secrets.length > 0 ? "none" : importId;
    return Promise.resolve({
      id: newId,
      inputs: imported,
      state: stateOf(kind, imported, { result: importId }),
    });
  },
};
