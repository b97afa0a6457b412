import { capacity } from "./capacity-table.ts";
import { type Change, isRefused, type Report, type Violation, type Waiver } from "./report.ts";

/** Bytes that GitHub accepts in one comment. */
export const LIMIT = 65_536;
/** Longer than any fence in the enclosed text, so that no text can close the block. */
const FENCE = "~~~~~~~~";

export const markerOf = (stack: string): string => `<!-- acci-preview:${stack} -->`;

const bytes = (text: string) => Buffer.byteLength(text);
const code = (text: string) => `\`${text.replaceAll("`", "'").replaceAll("\n", " ").replaceAll("|", "\\|")}\``;

/** Renders the report on one stack. A report beyond the limit is cut at the end of its long parts, which then say how much is missing. */
export function markdown(report: Report, limit = LIMIT): string {
  const head = [
    markerOf(report.stack),
    `### Stack ${report.stack}: ${verdict(report)}`,
    "",
    ORIGINS[report.source],
  ].join("\n");
  const listed = [
    errors(report.errors),
    warnings(report.warnings),
    violations(report.violations),
    table(report.changes),
    capacity(report.capacity),
  ].filter(Boolean);
  const long = [
    block("Properties", properties(report.changes), "diff"),
    block("Rendered chart", report.chartDiff, "diff"),
  ];
  const listing = fit([head, ...listed].join("\n\n"), Math.floor(limit / 2));
  const fixed = [listing, waived(report.waivers)].filter(Boolean).join("\n\n");
  const room = Math.floor((limit - bytes(fixed)) / long.length) - 4;
  return `${[fixed, ...long.map((part) => part(room)).filter(Boolean)].join("\n\n")}\n`;
}

function verdict(report: Report): string {
  const refused = report.violations.filter(({ level }) => level === "mandatory").length;
  if (report.errors.length > 0) return "the preview failed";
  if (isRefused(report)) return `refused by ${refused} ${refused === 1 ? "violation" : "violations"} of policy`;
  if (report.changes.length === 0 && report.chartDiff === "") return "no change";
  return counts(report.changes) || "only the chart changes";
}

function counts(changes: readonly Change[]): string {
  const ops = [...new Set(changes.map(({ op }) => op))].sort();
  return ops.map((op) => `${changes.filter((change) => change.op === op).length} to ${op}`).join(", ");
}

const ORIGINS = {
  preview: "By `pulumi preview` against the stack's state.",
  refresh: "By `pulumi refresh`: how what runs differs from what Pulumi knows.",
  offline: "Without a cluster or secrets: compared with the base branch, not with what runs.",
} as const;

const errors = (found: readonly string[]) => found.map((error) => `> ❌ ${code(error)}`).join("\n>\n");

const warnings = (found: readonly string[]) => found.map((warning) => `> ⚠️ ${code(warning)}`).join("\n>\n");

const violations = (found: readonly Violation[]) =>
  found
    .map(({ level, message, rule }) => `- ${level === "mandatory" ? "❌" : "⚠️"} **${rule}** ${code(message)}`)
    .join("\n");

function table(changes: readonly Change[]): string {
  if (changes.length === 0) return "";
  const rows = changes.map(({ name, op, type }) => `| ${op} | ${code(name)} | ${code(type)} |`);
  return ["| change | resource | type |", "| --- | --- | --- |", ...rows].join("\n");
}

const waived = (all: readonly Waiver[]) =>
  all.length === 0
    ? ""
    : [
        `<details><summary>${all.length} waivers of policy</summary>\n`,
        ...all.map(({ reason, rule, subject }) => `- **${rule}** ${code(subject)}: ${reason}`),
        "\n</details>",
      ].join("\n");

const properties = (changes: readonly Change[]) =>
  changes
    .filter(({ details }) => details.length > 0)
    .map(({ details, name, type }) => [`@@ ${type} ${name} @@`, ...details.map(coloured)].join("\n"))
    .join("\n");

/** Diff highlighting has no color for a line that starts with `~`; it has one for `!`. */
const coloured = (line: string) => line.replace(/^~/, "!");

/** A folded block whose text is cut to the room it is given. */
const block =
  (title: string, text: string, language: string) =>
  (room: number): string => {
    if (text === "") return "";
    const [open, close] = [`<details><summary>${title}</summary>\n\n${FENCE}${language}\n`, `\n${FENCE}\n\n</details>`];
    return `${open}${fit(text.trimEnd(), room - bytes(open + close))}${close}`;
  };

/** As many whole lines as fit, and a note on the rest. */
function fit(text: string, room: number): string {
  if (bytes(text) <= room) return text;
  const lines = text.split("\n");
  const note = (kept: number) => `… ${lines.length - kept} more lines; run \`node ci/preview.ts <stack>\` to see all`;
  let kept = 0;
  let used = bytes(note(0)) + 8;
  while (kept < lines.length && used + bytes(lines[kept]!) + 1 <= room) used += bytes(lines[kept++]!) + 1;
  return [...lines.slice(0, kept), note(kept)].join("\n");
}
