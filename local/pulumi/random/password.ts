import { randomInt } from "node:crypto";
import { equal, plain, type Props } from "../serve/values.ts";
import { isMap } from "../../../tooling/maps.ts";

/** Inputs of both RandomPassword and RandomString; a change of any of them forces a replacement. */
export const stringInputs = [
  "keepers",
  "length",
  "lower",
  "upper",
  "numeric",
  "number",
  "special",
  "minLower",
  "minUpper",
  "minNumeric",
  "minSpecial",
  "overrideSpecial",
] as const;

export interface StringOptions {
  readonly length: number;
  readonly lower: boolean;
  readonly upper: boolean;
  readonly numeric: boolean;
  readonly special: boolean;
  readonly minLower: number;
  readonly minUpper: number;
  readonly minNumeric: number;
  readonly minSpecial: number;
  readonly overrideSpecial?: string;
}

const defaults: Omit<StringOptions, "length"> = {
  lower: true,
  upper: true,
  numeric: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
};

/** Options with the provider's defaults; the deprecated `number` is an alias of `numeric`. */
export function optionsOf(inputs: Props): StringOptions {
  const given = plain<Partial<StringOptions> & { number?: boolean; length: number }>(inputs);
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
  return {
    ...defaults,
    numeric: given.number ?? defaults.numeric,
    ...set,
  } as StringOptions;
}

/** Random characters: the minimum of each class first, the rest from all classes, then shuffled. */
export function generate(options: StringOptions): string {
  const classes = [
    {
      on: options.lower,
      from: "abcdefghijklmnopqrstuvwxyz",
      min: options.minLower,
    },
    {
      on: options.upper,
      from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
      min: options.minUpper,
    },
    { on: options.numeric, from: "0123456789", min: options.minNumeric },
    {
      on: options.special,
      from: options.overrideSpecial || "!@#$%&*()-_=+[]{}<>:?",
      min: options.minSpecial,
    },
  ];
  const all = classes.flatMap(({ on, from }) => (on ? [...from] : []));
  if (all.length === 0) throw new Error("lower, upper, numeric, special: all are false; enable at least one");
  const pick = (from: readonly string[]) => from[randomInt(from.length)] ?? "";
  const drawn = classes.flatMap(({ from, min }) => Array.from({ length: min }, () => pick([...from])));
  while (drawn.length < options.length) drawn.push(pick(all));
  for (let i = drawn.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [drawn[i], drawn[j]] = [drawn[j] ?? "", drawn[i] ?? ""];
  }
  return drawn.join("");
}

/** Inputs with defaults filled in, so that an explicit default is no change. */
export function withDefaults(inputs: Props): Props {
  const { number: _deprecated, ...options } = optionsOf(inputs) as StringOptions & { number?: boolean };
  return {
    ...options,
    keepers: isMap(inputs.keepers) && equal(inputs.keepers, {}) ? undefined : inputs.keepers,
  };
}
