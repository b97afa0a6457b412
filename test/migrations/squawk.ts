import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runSync } from "../../tooling/command.ts";
import { project } from "../../tooling/paths.ts";

const SQUAWK = join(project, "node_modules", ".bin", "squawk");
const CONFIG = join(project, ".squawk.toml");

/** Rules that a migration breaks which takes from an older application what it reads, or asks of it what it does not write. */
const CONTRACTING = [
  "adding-not-nullable-field",
  "adding-required-field",
  "ban-drop-column",
  "ban-drop-table",
  "changing-column-type",
  "renaming-column",
  "renaming-table",
];
const DECLARATION = /^-- acci:oldest-application \d+$/m;
const IGNORED = /^-- squawk-ignore.*$/gm;

/** Names of the rules that a migration breaks. */
function rulesBroken(sql: string): string[] {
  const { status, stderr, stdout } = runSync(SQUAWK, ["--config", CONFIG, "--reporter", "json"], sql);
  try {
    const findings = JSON.parse(stdout) as readonly { readonly rule_name: string }[];
    return [...new Set(findings.map(({ rule_name }) => rule_name))].sort();
  } catch {
    throw new Error(`squawk: must answer JSON, got exit code ${status} and ${stderr || stdout || "nothing"}`);
  }
}

/** What is wrong with a migration. An exception by `-- squawk-ignore` is no exception from the declaration. */
export function problemsOf(sql: string): string[] {
  const broken = rulesBroken(sql);
  const strict = sql.replace(IGNORED, "");
  const contracts = (strict === sql ? broken : rulesBroken(strict)).filter((rule) => CONTRACTING.includes(rule));
  if (contracts.length === 0 || DECLARATION.test(sql)) return broken;
  return [...broken, `must declare -- acci:oldest-application, for ${contracts.join(", ")}`];
}

/** Problems of a file; the first migration of all is excused in the configuration. */
export const problemsOfFile = (file: string): string[] =>
  file.endsWith("/0001_notes.sql") ? [] : problemsOf(readFileSync(file, "utf8"));
