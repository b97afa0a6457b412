import type { Drill } from "./record.ts";

const WIDTH = 800;
const HEIGHT = 260;
const LEFT = 48;
const BOTTOM = 28;
const TOP = 12;
/** Limit of bars that can be told apart. */
const SHOWN = 40;
const TICKS = 4;

/** Colors of the phases that take long, in order. All other time shares OTHER. */
const COLOURS: Readonly<Record<string, string>> = {
  restoring: "#2f6fde",
  comparing: "#7a9ee8",
  application: "#e09f3e",
  validating: "#c8c86a",
};
const OTHER = "#9aa0a6";

/** Seconds of each drill by phase, as SVG. A failed drill is a red mark. */
export function chartOf(drills: readonly Drill[]): string {
  const shown = drills.slice(-SHOWN);
  const most = roundUp(Math.max(1, ...shown.map((drill) => drill.rtoSeconds ?? 0)));
  const step = (WIDTH - LEFT) / Math.max(shown.length, 8);
  const y = (seconds: number) => HEIGHT - BOTTOM - (seconds / most) * (HEIGHT - BOTTOM - TOP);
  const axis = Array.from({ length: TICKS + 1 }, (_, tick) => {
    const seconds = (most / TICKS) * tick;
    return `<line x1="${LEFT}" x2="${WIDTH}" y1="${y(seconds)}" y2="${y(seconds)}" class="grid"/><text x="${LEFT - 6}" y="${y(seconds) + 4}" text-anchor="end">${seconds} s</text>`;
  });
  const bars = shown.map((drill, index) => bar(drill, LEFT + index * step + step * 0.15, step * 0.7, y));
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Recovery time of each drill by phase">${[...axis, ...bars].join("")}${datesOf(shown, step)}</svg>`;
}

/** Name and color of each part of a bar. */
export const legend = (): readonly (readonly [string, string])[] => [...Object.entries(COLOURS), ["other", OTHER]];

function bar(drill: Drill, x: number, width: number, y: (seconds: number) => number): string {
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

/** Dates of the first and the last drill; more labels would overlap. */
function datesOf(drills: readonly Drill[], step: number): string {
  const label = (index: number, anchor: string) =>
    `<text x="${LEFT + (index + 0.5) * step}" y="${HEIGHT - 8}" text-anchor="${anchor}">${drills[index]!.startedAt.slice(0, 10)}</text>`;
  if (drills.length === 0) return "";
  return label(0, "start") + (drills.length > 2 ? label(drills.length - 1, "middle") : "");
}

/** Rounds up to 1, 2, 4 or 8 times a power of ten, so that the grid has round numbers. */
function roundUp(seconds: number): number {
  const power = 10 ** Math.floor(Math.log10(seconds));
  return ([1, 2, 4, 8, 10].find((factor) => factor * power >= seconds) ?? 10) * power;
}
