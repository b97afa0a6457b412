import { type Place, plotOf } from "../plot.ts";
import type { Drill } from "./record.ts";

/** Colors of the phases that take long, in order. All other time shares OTHER. */
const COLOURS: Readonly<Record<string, string>> = {
  restoring: "#2f6fde",
  comparing: "#7a9ee8",
  application: "#e09f3e",
  validating: "#c8c86a",
};
const OTHER = "#9aa0a6";

/** Seconds of each drill by phase, as SVG. A failed drill is a red mark. */
export const chartOf = (drills: readonly Drill[]): string =>
  plotOf(drills, {
    label: "Recovery time of each drill by phase",
    unit: "s",
    most: ({ rtoSeconds = 0 }) => rtoSeconds,
    draw: bar,
  });

/** Name and color of each part of a bar. */
export const legend = (): readonly (readonly [string, string])[] => [...Object.entries(COLOURS), ["other", OTHER]];

function bar(drill: Drill, { width, x, y }: Place): string {
  if (drill.exitCode !== 0)
    return `<rect x="${x}" y="${y(0) - 14}" width="${width}" height="14" fill="#c5221f"><title>${drill.startedAt}: failed</title></rect>`;
  let top = 0;
  return partsOf(drill)
    .map(([name, seconds]) => {
      top += seconds;
      const height = y(top - seconds) - y(top);
      return `<rect x="${x}" y="${y(top)}" width="${width}" height="${height}" fill="${COLOURS[name] ?? OTHER}"><title>${drill.startedAt}: ${name} ${seconds} s of ${drill.rtoSeconds} s</title></rect>`;
    })
    .join("");
}

/** Seconds of each part of a bar. Time outside of the named phases is waiting, for a pod or a server. */
function partsOf({ phases, rtoSeconds = 0 }: Drill): (readonly [string, number])[] {
  const named = Object.keys(COLOURS).map((name) => [name, phases[name] ?? 0] as const);
  const rest = rtoSeconds - named.reduce((sum, [, seconds]) => sum + seconds, 0);
  return [["other", Math.max(0, Number(rest.toFixed(2)))], ...named];
}
