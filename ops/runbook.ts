import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { settingsOf, type Site } from "./site.ts";
import { project } from "../tooling/paths.ts";

const folder = path.join(project, "docs", "runbooks");

/** What a runbook names by variables of a shell, `$STACK` and the like. */
export type Variables = Readonly<Record<string, string>>;

/** What is to be brought back; neither is anything a stack's configuration says. */
export interface Lost {
  /** @default "latest" */
  readonly dump?: string;
  /** @default "public.notes" */
  readonly table?: string;
}

/** The names of a stack, and of the one that stands in for it. */
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

/** A runbook as it is written. */
export function readRunbook(name: string): string {
  if (!runbookNames().includes(name))
    throw new Error(`NAME: must be one of ${runbookNames().join(", ")}, got ${name || "nothing"}`);
  return readFileSync(path.join(folder, `${name}.md`), "utf8");
}

/** Fills the names in. */
export function render(text: string, variables: Variables): string {
  if (text.includes("$DR") && variables["STACK"] === variables["DR"])
    throw new Error(`DR: must be another stack than STACK, got ${variables["DR"]} for both`);
  return text.replaceAll(/\$([A-Z_]+)/g, (variable, name: string) => {
    const value = variables[name];
    if (value === undefined)
      throw new Error(`${variable}: must be one of $${Object.keys(variables).join(", $")}, got another in a runbook`);
    return value;
  });
}

/** The commands below a heading, up to the next one: the lines of each block without a language, without their comments. */
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

/** The commands of a runbook below one of its headings, with the names of two stacks filled in. */
export const runbookCommands = (name: string, heading: string, variables: Variables): string[] =>
  commandsOf(render(readRunbook(name), variables), heading);

/** Prints a runbook for a stack, or says which there are. */
export function runbook({ stack }: Site, [name = "", dr = "", table = "", dump = ""]: readonly string[]): void {
  const text = name
    ? render(readRunbook(name), variablesOf(stack, dr, { dump, table }))
    : runbookNames()
        .map((known) => `${known.padEnd(18)} ${titleOf(readRunbook(known))}\n`)
        .join("");
  process.stdout.write(text);
}

const titleOf = (text: string) => /^# (.*)$/m.exec(text)![1]!;
