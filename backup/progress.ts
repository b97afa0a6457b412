const EVERY_MS = 5000;

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** 1234567 as `1.2 MB`. */
export function size(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power > 0 ? 1 : 0)} ${UNITS[power]!}`;
}

/** Prints the progress of a long piece of work on stderr, every few seconds. */
export class Progress {
  #done = 0;
  #items = 0;
  #last = performance.now();
  readonly #start = performance.now();
  readonly #verb: string;
  readonly #expected: { bytes: number; items: number; of?: string };

  /** `of` names the items. @default tables */
  constructor(verb: string, expected: { bytes: number; items: number; of?: string }) {
    this.#verb = verb;
    this.#expected = expected;
  }

  add(bytes: number): void {
    this.#done += bytes;
    if (performance.now() - this.#last < EVERY_MS) return;
    this.#last = performance.now();
    this.#say();
  }

  finished(): void {
    this.#items += 1;
    if (this.#items === this.#expected.items) this.#say();
  }

  #say(): void {
    const seconds = (performance.now() - this.#start) / 1000;
    const { bytes, items, of = "tables" } = this.#expected;
    const rate = size(this.#done / Math.max(seconds, 0.001));
    say(`${this.#verb} ${this.#items} of ${items} ${of}, ${size(this.#done)} of about ${size(bytes)}, ${rate}/s`);
  }
}

/** Prints a line for people on stderr; stdout is for a command's answer. */
export const say = (line: string) => process.stderr.write(`${line}\n`);
