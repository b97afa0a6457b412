import { readFileSync } from "node:fs";
import path from "node:path";
import { fileAt } from "./git.ts";
import { project } from "../tooling/paths.ts";
import { differences } from "./mask.ts";
import type { Change } from "./report.ts";

interface Resource {
  readonly id: string;
  readonly inputs: Record<string, unknown>;
}

/** Resources of a stack as recorded in its golden file, secrets masked. A test keeps the file equal to the program. */
export type Golden = readonly Resource[];

const fileOf = (stack: string) => `test/stacks/golden/${stack}.json`;

export const goldenNow = (stack: string): Golden =>
  JSON.parse(readFileSync(path.join(project, fileOf(stack)), "utf8")) as Golden;

export const goldenAt = (ref: string, stack: string): Golden =>
  JSON.parse(fileAt(ref, fileOf(stack)) ?? "[]") as Golden;

/** Changes that the program would make to a stack whose state matches the old file. */
export function compare(old: Golden, now: Golden): Change[] {
  const ids = [...new Set([...old, ...now].map(({ id }) => id))].sort();
  return ids.flatMap((id) => {
    const [before, after] = [old, now].map((golden) => golden.find((resource) => resource.id === id));
    const [type = "", name = ""] = id.split(" ");
    if (!before) return [{ op: "create", type, name, details: [] }];
    if (!after) return [{ op: "delete", type, name, details: [] }];
    const details = differences(before, after).map((line) => line.replace(/^(..)inputs\./, "$1"));
    return details.length > 0 ? [{ op: "update", type, name, details }] : [];
  });
}

/** Inputs of the application's release. */
export function releaseOf(golden: Golden): Record<string, unknown> | undefined {
  const found = golden.find(({ id }) => id === "kubernetes:helm.sh/v3:Release application");
  return found?.inputs;
}
