import { globSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { PROGRAMS } from "./commands.ts";
import { EXIT_CODES, FINAL, PASSING } from "./exit-codes.ts";
import { FOLDERS, SECRETS } from "./files.ts";
import { VARIABLES } from "./variables.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const CONTRACT = "backup/contract/";

const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

/** Folders that are not searched: the embedded platform has variables of its own, and tests may state the names that they expect. */
const ELSEWHERE = ["app", "local", "node_modules", "test"];

const FOLDERS_OF_SOURCES = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !ELSEWHERE.includes(entry.name))
  .map(({ name }) => name);

const SOURCES = globSync(["*.ts", ...FOLDERS_OF_SOURCES.map((name) => `${name}/**/*.ts`)], { cwd: ROOT }).filter(
  (file) => !/node_modules|\.test\.ts$/.test(file) && !file.startsWith(CONTRACT),
);

/** Places that match the pattern, each with its file. */
const spelled = (pattern: RegExp, files: readonly string[] = SOURCES): string[] =>
  files.flatMap((file) => (read(file).match(pattern) ?? []).map((found) => `${file}: ${found}`));

const escaped = (texts: readonly string[]) => texts.map((text) => text.replaceAll(/[.\\/]/g, "\\$&")).join("|");

const names = Object.values(VARIABLES).map(({ name }) => name);
const own = names.filter((name) => name.startsWith("ACCI_"));

test("the sources are looked through", () => {
  expect(SOURCES.length).toBeGreaterThan(150);
  expect(spelled(/\bVARIABLES\b/g).length).toBeGreaterThan(0);
});

test("no variable of the tools is spelled outside their contract", () => {
  expect(spelled(new RegExp(`\\b(${own.join("|")})\\b`, "g"))).toEqual([]);
  const tools = SOURCES.filter((file) => file.startsWith("backup/"));
  expect(spelled(/\bACCI_\w+/g, tools)).toEqual([]);
});

test("no Secret, and no folder or program of the tools, is spelled outside their contract", () => {
  const { decryptionKey, secondStore, store, walArchive } = SECRETS;
  const secrets = [...Object.values(store), ...Object.values(secondStore), decryptionKey, walArchive];
  // Except the folder of the database's CA, which is the application's as well.
  const folders = Object.values(FOLDERS).filter((folder) => folder !== FOLDERS.databaseCa);
  expect(spelled(new RegExp(`["\`](${escaped(secrets)})["\`]`, "g"))).toEqual([]);
  expect(spelled(new RegExp(`["\`](${escaped([...folders, ...Object.values(PROGRAMS)])})["\`]`, "g"))).toEqual([]);
});

test("the contract is light: it imports its own files and zod", () => {
  const files = globSync(`${CONTRACT}*.ts`, { cwd: ROOT }).filter((file) => !file.endsWith(".test.ts"));
  expect(files.length).toBeGreaterThan(4);
  const imports = files.flatMap((file) => [...read(file).matchAll(/ from "([^"]+)"/g)].map(([, from]) => from!));
  expect(imports.filter((from) => from !== "zod" && !/^\.\/[\w-]+\.ts$/.test(from))).toEqual([]);
});

test("what the image has is where the contract says", () => {
  const dockerfile = read("backup/Dockerfile");
  expect(dockerfile).toContain("\nCOPY backup /app/backup\n");
  expect(dockerfile).toContain(`"${PROGRAMS.tools}"`);
  for (const program of Object.values(PROGRAMS)) expect(read(path.relative("/app", program))).toMatch(/^#!|^\/\*\*/);
});

test("the script of the verification server reads the variables of the contract, all of them", () => {
  const script = read(path.relative("/app", PROGRAMS.verificationServer));
  const used = new Set([...script.matchAll(/\$\{?(VERIFICATION\w*)/g)].map(([, name]) => name!));
  expect([...used].sort()).toEqual(names.filter((name) => name.startsWith("VERIFICATION")).sort());
});

test("the documents name no variable that is none", () => {
  const pages = ["docs/backups.md", "docs/catalogue.md", "docs/recovery.md"];
  expect(spelled(/\bACCI_\w+/g, pages).length).toBeGreaterThan(0);
  expect(spelled(/\bACCI_\w+/g, pages).filter((found) => !names.includes(found.split(": ")[1]!))).toEqual([]);
});

test("an exit code is tried again or final, and the documents say which", () => {
  const rows = [...read("docs/backups.md").matchAll(/^\| ([67]\d(?:, [67]\d)*) +\|.*\| (no|twice) +\|$/gm)];
  const told = (word: string) =>
    rows.filter(([, , again]) => again === word).flatMap(([, codes]) => codes!.split(", ").map(Number));
  expect(told("no")).toEqual(FINAL);
  expect(told("twice")).toEqual(PASSING);
});

test("no test has an exit code of the tools as a bare number", () => {
  const tests = globSync("{backup,bench,components,ops,test}/**/*.test.ts", { cwd: ROOT });
  expect(spelled(/\bEXIT_CODES\b/g, tests).length).toBeGreaterThan(0);
  const codes = Object.values(EXIT_CODES).join("|");
  expect(spelled(new RegExp(`\\b(?:exitC|c)ode(?:: |\\)\\.toBe\\()(?:${codes})\\b`, "g"), tests)).toEqual([]);
});

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

test("the alerts on exit codes are those of the contract", () => {
  const { groups } = parse(read("assets/alerts/backups.yaml")) as Rules;
  const codesOf = (alert: string) => {
    const { expr } = groups.flatMap(({ rules }) => rules).find((rule) => rule.alert === alert)!;
    return [...expr.matchAll(/_exit_code [!=]= (\d+)/g)].map(([, code]) => Number(code));
  };
  const { fenced, unrestorable } = EXIT_CODES;
  expect(codesOf("AcciBackupFailed")).toEqual([0, fenced, unrestorable]);
  expect(codesOf("AcciBackupFenced")).toEqual([fenced]);
  expect(codesOf("AcciBackupUnrestorable")).toEqual([unrestorable]);
});
