import { htmlPage, markdownPage, type Page } from "../web-page.ts";
import { chartsOf, legend } from "./chart.ts";
import { part, percent } from "./judge.ts";
import type { RolloutRecord } from "./record.ts";
import type { StepRecord } from "./state.ts";

type Column = readonly [head: string, cell: (rollout: RolloutRecord) => string];

const COLUMNS: readonly Column[] = [
  ["Started (UTC)", ({ startedAt }) => startedAt.slice(0, 16).replace("T", " ")],
  ["Version", ({ version }) => version],
  ["Decision", decisionOf],
  ["Took", ({ finishedAt, startedAt }) => `${Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)} s`],
  ["Steps", ({ done }) => done.map(stepOf).join("; ")],
  ["Reasons", ({ reasons = [] }) => reasons.join("; ")],
];

function decisionOf({ decision, switchedBack }: RolloutRecord): string {
  const decided = decision ?? "none";
  return switchedBack ? `${decided}, switched back in ${switchedBack.seconds} s` : decided;
}

const stepOf = ({ canary, verdict, weight }: StepRecord) =>
  `${weight} %: ${canary ? `${canary.count} requests, ${percent(part(canary.failed, canary.count))} failed` : "not measured"} (${verdict})`;

const pageOf = (rollouts: readonly RolloutRecord[]): Page => {
  const passed = rollouts.filter(({ decision }) => decision === "passed").length;
  return {
    title: `Rollouts of ${rollouts.at(-1)?.site ?? "nobody"}`,
    summary: `${passed} of ${rollouts.length} passed.`,
    charts: chartsOf(rollouts),
    legend: legend(),
    heads: COLUMNS.map(([head]) => head),
    rows: rollouts.toReversed().map((rollout) => COLUMNS.map(([, cell]) => cell(rollout))),
  };
};

/** The rollouts as Markdown, newest first. */
export const markdownOf = (rollouts: readonly RolloutRecord[]): string => markdownPage(pageOf(rollouts));

/** The rollouts as a web page, newest first. */
export const htmlOf = (rollouts: readonly RolloutRecord[]): string => htmlPage(pageOf(rollouts));
