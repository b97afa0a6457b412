const START = 4;

/** Searches for many texts in one pass, so that gigabytes of logs are read once. */
export class Needles {
  /** Marks the hashes of the first characters of all texts, which rules out nearly every position. */
  private readonly begins = new Uint8Array(1 << 16);
  private readonly byStart = new Map<number, string[]>();

  constructor(texts: Iterable<string>) {
    for (const text of texts) {
      if (text.length < START) throw new Error(`text: must have at least ${START} characters, got ${text.length}`);
      let start = 0;
      for (let i = 0; i < START; i++) start = next(start, text, i);
      this.begins[slotOf(start)] = 1;
      this.byStart.set(start, [...(this.byStart.get(start) ?? []), text]);
    }
  }

  /** The texts that occur in a text. */
  in(text: string): Set<string> {
    const found = new Set<string>();
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      start = next(start, text, i);
      if (this.begins[slotOf(start)] === 0) continue;
      for (const one of this.byStart.get(start) ?? []) if (text.startsWith(one, i - START + 1)) found.add(one);
    }
    return found;
  }
}

/** The last four characters, one byte of each. */
const next = (start: number, text: string, i: number) => (start << 8) | (text.charCodeAt(i) & 0xff);

const slotOf = (start: number) => Math.imul(start, 0x9e3779b1) >>> 16;
