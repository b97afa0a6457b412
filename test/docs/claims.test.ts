import { existsSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { EXIT_CODES } from "../../backup/contract/exit-codes.ts";
import { mutations } from "../../backup/testing/mutations/all.ts";
import { OWN_ROLES } from "../../config/own-roles.ts";
import { project } from "../../tooling/paths.ts";
import { anchorsOf, NOT_OURS, PAGES, proseOf, read } from "./pages.ts";

/** Pages that must be correct now. Release notes describe the past and are left as they were written. */
const CURRENT = PAGES.filter((page) => page !== "CHANGELOG.md");

interface Claim {
  readonly page: string;
  readonly said: string;
}

/** Files that a command writes, so that they need not exist. */
const MADE = ["bench/results.json"];

/** All matches of a pattern on the pages, by its first group. */
const claims = (pattern: RegExp, pages: readonly string[] = CURRENT, text = proseOf): Claim[] =>
  pages.flatMap((page) => [...text(page).matchAll(pattern)].map(([, said]) => ({ page, said: said! })));

const told = ({ page, said }: Claim) => `${page}: ${said}`;

test("every link leads to a file, and to a heading of it", () => {
  const links = claims(/\]\((?!https?:|mailto:|\.\.\/\.\.\/security\/)([^)\s]+)\)/g, PAGES);
  const lost = links.filter(({ page, said }) => {
    const [file = "", anchor] = said.split("#");
    const target = file ? normalize(join(dirname(page), file)) : page;
    return !existsSync(join(project, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
  expect(links.length).toBeGreaterThan(30);
  expect(lost.map(told)).toEqual([]);
});

test("every file that is named is there", () => {
  const files = claims(/`((?:[\w.-]+\/)+[\w.-]+\.(?:tsx?|mts|cjs|js|md|yaml|yml|json|sh|sql|rs|toml|patch))`/g);
  expect(files.length).toBeGreaterThan(40);
  const here = ({ page, said }: Claim) =>
    [".", dirname(page), "backup"].some((from) => existsSync(join(project, from, said)));
  expect(files.filter((claim) => !here(claim) && !MADE.includes(claim.said)).map(told)).toEqual([]);
});

test("the map of the repository has every folder, and none that there is not", () => {
  const [, map] = /^## Where things are\n\n```\n(.*?)^```/ms.exec(read("CONTRIBUTING.md"))!;
  const mapped = [...map!.matchAll(/^([\w.-]+)/gm)].map(([, name]) => name!);
  const there = readdirSync(project, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !NOT_OURS.has(entry.name))
    .map(({ name }) => name);
  const inner = [...map!.matchAll(/^ {2}(\w+)\//gm)].map(([, name]) => `components/${name}`);
  expect(mapped.filter((name) => !name.endsWith(".ts")).sort()).toEqual(there.sort());
  expect([...mapped, ...inner].filter((name) => !existsSync(join(project, name)))).toEqual([]);
});

test("every command of make is one", () => {
  const targets = [...read("Makefile").matchAll(/^([a-z-]+):/gm)].map(([, target]) => target!);
  const named = claims(/(?:`|^)make ([a-z][a-z-]*)\b/gm, CURRENT, read);
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter(({ said }) => !targets.includes(said)).map(told)).toEqual([]);
});

test("every configuration key is one", () => {
  const reference = read("docs/configuration.md");
  const keys = claims(/`(acci:[\w.]+\w)/g);
  expect(keys.length).toBeGreaterThan(40);
  const known = (key: string) => new RegExp(`\\b${key.replaceAll(".", "\\.")}\\b`).test(reference);
  expect(keys.filter(({ said }) => !known(said)).map(told)).toEqual([]);
});

test("no list has a hole", () => {
  const holes = claims(/^(- .*)(?:\n {2}.*)*\n\n(?=- )/gm, PAGES);
  expect(holes.map(told)).toEqual([]);
});

test("the exit codes of a backup are those of the tools", () => {
  const [, table] = /^\| exit code (.*?)\n\n/ms.exec(read("docs/backups.md"))!;
  const listed = [...table!.matchAll(/^\| ([\d, ]+)\|/gm)].flatMap(([, codes]) => codes!.split(", ").map(Number));
  expect(listed.sort()).toEqual(Object.values(EXIT_CODES).sort());
});

test("every role of the database is explained", () => {
  const architecture = read("docs/architecture.md");
  expect(OWN_ROLES.filter((role) => !architecture.includes(`\`${role}\``))).toEqual([]);
});

test("as many differences are planted in a restored database as is said", () => {
  expect(read("docs/backups.md")).toContain(`plants ${mutations.length} differences`);
});

test("the README stays short enough to be read, and has its picture", () => {
  const readme = read("README.md");
  expect(readme.split("\n").length).toBeLessThan(150);
  for (const page of ["README.md", "docs/backups.md", "docs/recovery.md"]) expect(read(page)).toContain("```mermaid");
});

test("no command has a secret among its arguments, which every process may read: it comes by stdin", () => {
  const commands = claims(/pulumi config set --secret ([^\n`#]*)/g, CURRENT, read);
  expect(commands.length).toBeGreaterThan(3);
  const open = commands.filter(({ said }) => !/^acci:\w+( -s \S+)?( < \S+)?$/.test(said.trim()));
  expect(open.map(told)).toEqual([]);
});
