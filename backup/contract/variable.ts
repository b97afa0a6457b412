import type { z } from "zod";

/** An environment variable that the program writes and a tool reads. */
export interface Variable<T> {
  readonly name: string;
  /** Description, for readers. */
  readonly doc: string;
  /** Value of a text. `undefined` and an empty text mean that the variable is not set. Throws {@link Malformed}. */
  parse(text: string | undefined): T;
  /** Text of a value; undefined leaves the variable out. */
  print(value: NonNullable<T>): string | undefined;
}

/** A required variable is missing, or its text is not valid. */
export class Malformed extends Error {}

const required = (name: string, text: string | undefined): string => {
  if (!text) throw new Malformed(`${name}: is required, got nothing; set it in the environment`);
  return text;
};

const whole = (name: string, text: string, example: number): number => {
  if (!/^[1-9]\d*$/.test(text))
    throw new Malformed(`${name}: must be a whole number from 1, got ${text}; set it to, for example, ${example}`);
  return Number(text);
};

export const text = (name: string, doc: string): Variable<string> => ({
  name,
  doc,
  parse: (given) => required(name, given),
  print: (value) => value,
});

export const optionalText = (name: string, doc: string): Variable<string | undefined> => ({
  name,
  doc,
  parse: (given) => given || undefined,
  print: (value) => value,
});

/** A whole number from 1. */
export const number = (name: string, doc: string, otherwise: number): Variable<number> => ({
  name,
  doc,
  parse: (given) => whole(name, given || String(otherwise), otherwise),
  print: String,
});

export const optionalNumber = (name: string, doc: string): Variable<number | undefined> => ({
  name,
  doc,
  parse: (given) => (given ? whole(name, given, 1) : undefined),
  print: String,
});

/** True when the variable is set, whatever its text. */
export const flag = (name: string, doc: string): Variable<boolean> => ({
  name,
  doc,
  parse: (given) => Boolean(given),
  print: (value) => (value ? "true" : undefined),
});

/** Texts without commas, which separate them. */
export const list = (name: string, doc: string): Variable<readonly string[]> => ({
  name,
  doc,
  parse: (given = "") => given.split(",").filter(Boolean),
  print: (value) => value.join(","),
});

export const choice = <T extends string>(name: string, doc: string, options: readonly T[]): Variable<T> => ({
  name,
  doc,
  parse: (given) => {
    const chosen = options.find((option) => option === required(name, given));
    if (!chosen)
      throw new Malformed(`${name}: must be one of ${options.join(", ")}, got ${given}; set it to one of them`);
    return chosen;
  },
  print: (value) => value,
});

/** A JSON value that satisfies the schema. */
export const json = <T>(name: string, doc: string, schema: z.ZodType<T>): Variable<T> => ({
  name,
  doc,
  parse: (given) => {
    const value = required(name, given);
    const { data, error } = schema.safeParse(parsed(name, value));
    if (!error) return data;
    const wrong = error.issues.map(({ message, path }) => [...path, message].join(": "));
    throw new Malformed(`${name}: must be as the contract of the tools has it, got ${value}; mend ${wrong.join(", ")}`);
  },
  print: (value) => JSON.stringify(value),
});

function parsed(name: string, value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch (error) {
    throw new Malformed(`${name}: must be JSON, got ${value} (${(error as Error).message})`);
  }
}
