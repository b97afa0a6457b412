import { size } from "../progress.ts";
import { htmlPage, markdownPage, type Page } from "../web-page.ts";
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

const pageOf = (drills: readonly Drill[]): Page => ({
  title: titleOf(drills),
  summary: summaryOf(drills),
  charts: [chartOf(drills)],
  legend: legend(),
  heads: COLUMNS.map(([head]) => head),
  rows: newestFirst(drills).map(rowOf),
});

/** The drills as Markdown. */
export const markdownOf = (drills: readonly Drill[]): string => markdownPage(pageOf(drills));

/** The drills as a web page. */
export const htmlOf = (drills: readonly Drill[]): string => htmlPage(pageOf(drills));

const seconds = (value: number | undefined) => (value === undefined ? "" : `${value} s`);
