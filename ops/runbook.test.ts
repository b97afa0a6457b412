import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { commandsOf, readRunbook, render, runbookCommands, runbookNames, variablesOf } from "./runbook.ts";
import { project } from "../tooling/paths.ts";

const read = (file: string) => readFileSync(path.join(project, file), "utf8");

/** Sources of every message an operator may see, as one text. */
const sources = ["backup", "ops", "components", "config"]
  .flatMap((folder) =>
    readdirSync(path.join(project, folder), { recursive: true, encoding: "utf8" }).map((f) => `${folder}/${f}`),
  )
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map(read)
  .join("\n");

/** Messages that come from Postgres, its operator and barman. */
const FOREIGN = [
  "pg_restore: error",
  "recovery ended before configured recovery target",
  "no target backup found",
  "Expected empty archive",
];

describe.each(runbookNames())("the runbook %s", (name) => {
  const text = readRunbook(name);

  it.each([
    ["prod", "dr"],
    ["dr", "prod"],
  ])("has every name of %s filled in, with %s beside it", (stack, dr) => {
    const rendered = render(text, variablesOf(stack, dr));
    expect(rendered).not.toMatch(/\$[A-Z]/);
    expect(rendered).toContain(stack);
  });

  it("names no command of make that there is not", () => {
    const targets = [...text.matchAll(/\bmake ([a-z-]+)(?= +[A-Z]+=|`)/g)].map(([, target]) => target!);
    const known = [...read("Makefile").matchAll(/^([a-z-]+):/gm)].map(([, target]) => target!);
    expect(targets.filter((target) => !known.includes(target))).toEqual([]);
  });

  it("quotes no message that nobody says", () => {
    const tables = [...text.matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)]);
    const quoted = tables.map(([, message]) => message!);
    expect(quoted.filter((message) => !sources.includes(message) && !FOREIGN.includes(message))).toEqual([]);
  });

  it("names no key of the configuration that there is not", () => {
    const reference = read("docs/configuration.md");
    const keys = [...text.matchAll(/acci:[\w.]+\w/g)].map(([key]) => key);
    expect(keys.filter((key) => !new RegExp(`${key.replaceAll(".", "\\.")}\\b`).test(reference))).toEqual([]);
  });

  it("leads to no page that there is not", () => {
    const pages = [...text.matchAll(/\bdocs\/[\w/-]+\.md/g)].map(([page]) => page);
    pages.forEach(read);
    const siblings = [...text.matchAll(/runbook:? ([a-z-]+)|\((loss-of-[a-z]+)\)/g)].map(([, a, b]) => a ?? b!);
    expect(siblings.filter((sibling) => !runbookNames().includes(sibling))).toEqual([]);
  });
});

describe("the commands of a runbook", () => {
  it("are those below a heading, whole, with names and without comments", () => {
    const text =
      "# A\n\n```\none\n```\n\n## B\n\n```\ntwo $STACK  # says so\n# nothing\nthree \\\n  four\n```\n\n```text\nshown\n```\n";
    expect(commandsOf(render(text, { STACK: "prod" }), "B")).toEqual(["two prod", "three four"]);
    expect(commandsOf(text, "A")).toEqual(["one"]);
  });

  it("say which headings there are", () => {
    expect(() => runbookCommands("loss-of-site", "Nothing", variablesOf("prod", "dr"))).toThrow(
      "heading: must be one of The site is lost, Bring it back, From the archive, See what was lost, When it refuses, If the lost site comes back, got Nothing",
    );
  });

  it("cannot be had of a runbook or for a name that is none", () => {
    expect(() => readRunbook("loss")).toThrow(/^NAME: must be one of .*\bfailback\b.*, got loss$/);
    expect(() => render("$NOBODY", { STACK: "prod" })).toThrow("$NOBODY: must be one of $STACK in a runbook");
    expect(() => render("$DR", { STACK: "dr", DR: "dr" })).toThrow(
      "DR: must be another stack than STACK, got dr for both",
    );
  });

  it("are about the dump and the table that are asked for", () => {
    const variables = variablesOf("prod", "dr", { dump: "2026-01-01T00:00:00Z", table: "sales.orders" });
    const commands = runbookCommands("loss-of-table", "Bring it back", variables);
    expect(commands).toEqual([
      "make database-restore STACK=prod DUMP=2026-01-01T00:00:00Z DATABASE=acci_copy_lost",
      "make table-recover STACK=prod TABLE=sales.orders FROM=acci_copy_lost",
    ]);
  });
});
