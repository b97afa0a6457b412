/** A plot of a history as SVG: one group of bars for each run, oldest first. */

const WIDTH = 800;
const HEIGHT = 260;
const LEFT = 48;
const BOTTOM = 28;
const TOP = 12;
/** Limit of bars that can be told apart. */
const SHOWN = 40;
const TICKS = 4;
/** Greatest value of an axis at least, so that a plot of nothing has one. */
const LEAST = 1;

/** Where the bars of a run are drawn. */
export interface Place {
  readonly x: number;
  readonly width: number;
  /** Height at which a value is. */
  readonly y: (value: number) => number;
}

export interface Plot<T> {
  readonly label: string;
  readonly unit: string;
  /** Greatest value of a run. */
  readonly most: (run: T) => number;
  /** SVG of a run. */
  readonly draw: (run: T, place: Place) => string;
}

export function plotOf<T extends { readonly startedAt: string }>(
  runs: readonly T[],
  { draw, label, most: mostOf, unit }: Plot<T>,
): string {
  const shown = runs.slice(-SHOWN);
  const most = roundUp(Math.max(LEAST, ...shown.map(mostOf)));
  const step = (WIDTH - LEFT) / Math.max(shown.length, 8);
  const y = (value: number) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - TOP);
  const axis = Array.from({ length: TICKS + 1 }, (_, tick) => {
    const value = Number(((most / TICKS) * tick).toPrecision(3));
    return `<line x1="${LEFT}" x2="${WIDTH}" y1="${y(value)}" y2="${y(value)}" class="grid"/><text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${value} ${unit}</text>`;
  });
  const bars = shown.map((run, i) => draw(run, { x: LEFT + i * step + step * 0.15, width: step * 0.7, y }));
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${[...axis, ...bars].join("")}${datesOf(shown, step)}</svg>`;
}

/** Dates of the first and the last run; more labels would overlap. */
function datesOf(runs: readonly { readonly startedAt: string }[], step: number): string {
  const label = (index: number, anchor: string) =>
    `<text x="${LEFT + (index + 0.5) * step}" y="${HEIGHT - 8}" text-anchor="${anchor}">${runs[index]!.startedAt.slice(0, 10)}</text>`;
  if (runs.length === 0) return "";
  return label(0, "start") + (runs.length > 2 ? label(runs.length - 1, "middle") : "");
}

/** Rounds up to 1, 2, 4 or 8 times a power of ten, so that the grid has round numbers. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 8, 10].find((factor) => factor * power >= value) ?? 10) * power;
}
