import fc from "fast-check";

/** Draws of one run of fast-check, so that a generator reads as what it makes. */
export interface Choose {
  readonly number: (min: number, max: number) => number;
  readonly of: <T>(choices: readonly T[]) => T;
  /** In so many of a hundred cases. */
  readonly chance: (percent: number) => boolean;
  /** Between so many, each made anew. */
  readonly several: <T>(min: number, max: number, make: (i: number) => T) => T[];
}

export const choices: fc.Arbitrary<Choose> = fc.gen().map((draw) => {
  const number = (min: number, max: number) => draw(fc.integer, { min, max });
  return {
    number,
    of: <T>(list: readonly T[]) => list[number(0, list.length - 1)]!,
    chance: (percent) => number(0, 99) < percent,
    several: (min, max, make) => Array.from({ length: number(min, max) }, (_, i) => make(i)),
  };
});
