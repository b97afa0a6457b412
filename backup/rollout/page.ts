import { part, percent } from "./judge.ts";
import type { RolloutRecord } from "./record.ts";
import type { StepRecord } from "./state.ts";

type Column = readonly [head: string, cell: (rollout: RolloutRecord) => string];

const COLUMNS: readonly Column[] = [
  ["Started (UTC)", ({ startedAt }) => startedAt.slice(0, 16).replace("T", " ")],
  ["Version", ({ version }) => version],
  ["Decision", ({ decision }) => decision ?? "none"],
  ["Took", ({ finishedAt, startedAt }) => `${Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)} s`],
  ["Steps", ({ done }) => done.map(stepOf).join("; ")],
  ["Reasons", ({ reasons = [] }) => reasons.join("; ")],
];

const stepOf = ({ canary, verdict, weight }: StepRecord) =>
  `${weight} %: ${canary ? `${canary.count} requests, ${percent(part(canary.failed, canary.count))} failed` : "not measured"} (${verdict})`;

/** The rollouts as Markdown, newest first. */
export function markdownOf(rollouts: readonly RolloutRecord[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const heads = COLUMNS.map(([head]) => head);
  const rows = rollouts.toReversed().map((rollout) => line(COLUMNS.map(([, cell]) => cell(rollout))));
  const passed = rollouts.filter(({ decision }) => decision === "passed").length;
  return `# Rollouts\n\n${passed} of ${rollouts.length} passed.\n\n${[line(heads), line(heads.map(() => "---")), ...rows].join("\n")}\n`;
}
