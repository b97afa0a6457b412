import * as pulumi from "@pulumi/pulumi";
import { type StackName, stackValues } from "../../test/stack-config.ts";
import { parseConfig } from "../load.ts";

/** The stack's values with one key set, by its dotted path; undefined removes it. */
export function withKey(
  stack: StackName,
  path: string,
  value: unknown,
  of = stackValues(stack),
): Record<string, unknown> {
  const values = structuredClone(of);
  const parts = path.split(".");
  const parent = parts.slice(0, -1).reduce((node, part) => (node[part] ??= {}), values);
  if (value === undefined) delete parent[parts.at(-1)!];
  else parent[parts.at(-1)!] = value;
  return values;
}

export function problemsOf(stack: StackName, values: Record<string, unknown>, isSecret?: () => boolean): string[] {
  try {
    parseConfig(stack, values, isSecret);
  } catch (error) {
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    const [first, ...lines] = (error as Error).message.split("\n");
    expect(first).toBe(`invalid configuration of stack ${stack}`);
    return lines.map((line) => line.replace(/^ {2}- /, ""));
  }
  return [];
}

/** A value of a stack, by its key's path, and the one sentence that it is refused with. */
export type Breach = readonly [stack: StackName, path: string, value: unknown, sentence: string];

export const breaks = ([stack, path, value, sentence]: Breach): void =>
  expect(problemsOf(stack, withKey(stack, path, value))).toEqual([sentence]);
