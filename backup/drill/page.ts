import { size } from "../progress.ts";
import { chartOf, legend } from "./chart.ts";
import type { Drill } from "./record.ts";

type Column = readonly [head: string, cell: (drill: Drill) => string];

const COLUMNS: readonly Column[] = [
  ["Started (UTC)", ({ startedAt }) => startedAt.slice(0, 16).replace("T", " ")],
  ["Result", ({ exitCode, reason }) => (exitCode === 0 ? "served" : `failed: ${reason?.split("\n")[0] ?? exitCode}`)],
  ["RTO", ({ rtoSeconds }) => seconds(rtoSeconds)],
  ["RPO", ({ rpoSeconds }) => seconds(rpoSeconds)],
  ["Dump", ({ dump }) => dump ?? "none"],
  ["Rows", ({ rows }) => String(rows ?? "")],
  ["Size", ({ bytes }) => (bytes === undefined ? "" : size(bytes))],
  [
    "Phases",
    ({ phases }) =>
      Object.entries(phases)
        .map(([name, took]) => `${name} ${took} s`)
        .join(", "),
  ],
];

const newestFirst = (drills: readonly Drill[]) => [...drills].reverse();
const rowOf = (drill: Drill) => COLUMNS.map(([, cell]) => cell(drill));
const titleOf = (drills: readonly Drill[]) => `Recovery drills of ${drills.at(-1)?.site ?? "nobody"}`;

function summaryOf(drills: readonly Drill[]): string {
  const well = drills.filter(({ exitCode }) => exitCode === 0);
  const last = well.at(-1);
  const found = last
    ? `The last that went well, on ${last.startedAt.slice(0, 10)}, had the application serving ${last.rows} rows after ${last.rtoSeconds} s.`
    : "None went well yet.";
  return `${well.length} of ${drills.length} went well. ${found}`;
}

/** The drills as Markdown, for a wiki or a pull request. */
export function markdownOf(drills: readonly Drill[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const heads = COLUMNS.map(([head]) => head);
  const table = [line(heads), line(heads.map(() => "---")), ...newestFirst(drills).map((drill) => line(rowOf(drill)))];
  return `# ${titleOf(drills)}\n\n${summaryOf(drills)}\n\n${table.join("\n")}\n`;
}

/** The drills as a web page that needs no other file. */
export function htmlOf(drills: readonly Drill[]): string {
  const row = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  const keys = legend().map(([name, colour]) => `<li><i style="background:${colour}"></i>${escaped(name)}</li>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(titleOf(drills))}</title>
<style>${STYLE}</style>
<h1>${escaped(titleOf(drills))}</h1>
<p>${escaped(summaryOf(drills))}</p>
${chartOf(drills)}
<ul>${keys.join("")}</ul>
<table>
<thead>${row(
    "th",
    COLUMNS.map(([head]) => head),
  )}</thead>
<tbody>${newestFirst(drills)
    .map((drill) => row("td", rowOf(drill)))
    .join("\n")}</tbody>
</table>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
svg { width: 100%; max-width: 60rem; } svg text { font-size: 11px; fill: currentColor; } .grid { stroke: currentColor; opacity: .15; }
ul { display: flex; gap: 1.2rem; list-style: none; padding: 0; } i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; }
table { border-collapse: collapse; font-size: 13px; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8884; }
`;

const seconds = (value: number | undefined) => (value === undefined ? "" : `${value} s`);

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
