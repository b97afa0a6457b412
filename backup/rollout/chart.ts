import { type Place, plotOf } from "../plot.ts";
import { part } from "./judge.ts";
import type { RolloutRecord } from "./record.ts";
import type { StepRecord } from "./state.ts";

const COLORS = { good: "#2f6fde", bad: "#c5221f", stable: "#9aa0a6" } as const;

/** Name and color of the bars. */
export const legend = (): readonly (readonly [string, string])[] => [
  ["new version, passed", COLORS.good],
  ["new version, taken back", COLORS.bad],
  ["stable release of the same time", COLORS.stable],
];

type Figure = (requests: NonNullable<StepRecord["canary"]>) => number;

/** For each rollout the worst step of the new version beside the stable release: failed and slow requests, and latency. */
export const chartsOf = (rollouts: readonly RolloutRecord[]): string[] =>
  (
    [
      ["Failed requests", "%", ({ count, failed }) => 100 * part(failed, count)],
      ["Slow requests", "%", ({ count, slow }) => 100 * part(slow, count)],
      ["95th percentile of the latency", "ms", ({ p95 = 0 }) => 1000 * p95],
    ] satisfies [string, string, Figure][]
  ).map(([label, unit, figure]) =>
    plotOf(rollouts, {
      label,
      unit,
      most: (rollout) => Math.max(worst(rollout, "canary", figure), worst(rollout, "stable", figure)),
      draw: (rollout, place) => bars(rollout, figure, label, unit, place),
    }),
  );

const worst = ({ done }: RolloutRecord, release: "canary" | "stable", figure: Figure): number =>
  Math.max(0, ...done.flatMap((step) => step[release] ?? []).map(figure));

function bars(rollout: RolloutRecord, figure: Figure, label: string, unit: string, { width, x, y }: Place): string {
  const color = rollout.decision === "passed" ? COLORS.good : COLORS.bad;
  return (["canary", "stable"] as const)
    .map((release, i) => {
      const value = worst(rollout, release, figure);
      const title = `${rollout.startedAt}: ${label.toLowerCase()} of the ${release} ${Number(value.toFixed(2))} ${unit}`;
      return `<rect x="${x + (i * width) / 2}" y="${y(value)}" width="${width / 2}" height="${y(0) - y(value)}" fill="${i === 0 ? color : COLORS.stable}"><title>${title}</title></rect>`;
    })
    .join("");
}
