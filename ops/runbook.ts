import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { settingsOf, type Site } from "./site.ts";
import { project } from "../tooling/paths.ts";

const folder = path.join(project, "docs", "runbooks");

/** Values of the shell variables in a runbook, such as `$STACK`. */
export type Variables = Readonly<Record<string, string>>;

/** The dump and the table to recover; a stack's configuration names neither. */
export interface Lost {
  /** @default "latest" */
  readonly dump?: string;
  /** @default "public.notes" */
  readonly table?: string;
}

/** Variables for a stack and for the one that stands in for it. */
export function variablesOf(stack: string, dr: string, { dump, table }: Lost = {}): Variables {
  const { host, namespace } = settingsOf(stack);
  const lost = table || "public.notes";
  return {
    STACK: stack,
    DR: dr,
    NAMESPACE: namespace,
    DR_NAMESPACE: settingsOf(dr).namespace,
    HOST: host,
    DUMP: dump || "latest",
    TABLE: lost,
    RELATION: lost.split(".").at(-1)!,
  };
}

export const runbookNames = (): string[] => readdirSync(folder).map((file) => path.basename(file, ".md"));

/** Text of a runbook, variables not filled in. */
export function readRunbook(name: string): string {
  if (!runbookNames().includes(name))
    throw new Error(`NAME: must be one of ${runbookNames().join(", ")}, got ${name || "nothing"}`);
  return readFileSync(path.join(folder, `${name}.md`), "utf8");
}

/** Fills the variables in. */
export function render(text: string, variables: Variables): string {
  if (text.includes("$DR") && variables["STACK"] === variables["DR"])
    throw new Error(`DR: must be another stack than STACK, got ${variables["DR"]} for both`);
  return text.replaceAll(/\$([A-Z_]+)/g, (variable, name: string) => {
    const value = variables[name];
    if (value === undefined)
      throw new Error(`${variable}: must be one of $${Object.keys(variables).join(", $")} in a runbook`);
    return value;
  });
}

/** Commands between a heading and the next: the lines of every code block without a language, stripped of their comments. */
export function commandsOf(text: string, heading: string): string[] {
  const commands = new Map<string, string[]>();
  let current: string[] = [];
  let fence: string | undefined;
  for (const line of text.replaceAll(/\\\n\s*/g, "").split("\n")) {
    if (line.startsWith("```")) fence = fence === undefined ? line : undefined;
    else if (fence === "```") current.push(line.replace(/(^|\s+)# .*$/, ""));
    else if (fence === undefined && /^#+ /.test(line)) commands.set(line.replace(/^#+ /, ""), (current = []));
  }
  const found = commands.get(heading);
  if (!found) throw new Error(`heading: must be one of ${[...commands.keys()].join(", ")}, got ${heading}`);
  return found.filter(Boolean);
}

/** Commands of a runbook below one of its headings, with the variables filled in. */
export const runbookCommands = (name: string, heading: string, variables: Variables): string[] =>
  commandsOf(render(readRunbook(name), variables), heading);

/** Prints a runbook for a stack; without a name, lists the runbooks. */
export function runbook({ stack }: Site, [name = "", dr = "", table = "", dump = ""]: readonly string[]): void {
  const text = name
    ? render(readRunbook(name), variablesOf(stack, dr, { dump, table }))
    : runbookNames()
        .map((known) => `${known.padEnd(18)} ${titleOf(readRunbook(known))}\n`)
        .join("");
  process.stdout.write(text);
}

const titleOf = (text: string) => /^# (.*)$/m.exec(text)![1]!;
