import type { Choose } from "./choose.ts";

const NAMES = [
  "id",
  "Name",
  "a b",
  'qu"ote',
  "semi;colon",
  "-- dash",
  "ünï",
  "per%cent",
  "select",
  "new\nline",
  "TABLE - x",
  "$1",
  "status",
  "it's",
  "a.b",
  "back\\slash",
];

/** Names that are not there twice, half of them plain. */
export class Names {
  readonly #choose: Choose;
  #count = 0;

  constructor(choose: Choose) {
    this.#choose = choose;
  }

  next(plain: string): string {
    const number = ++this.#count;
    return this.#choose.chance(50) ? `${plain}_${number}` : `${this.#choose.of(NAMES)} ${number}`;
  }
}
