import type { ChoiceOptions, Wanted } from "../catalogue/choose.ts";
import type { Wish } from "./plan.ts";

/** A wish in the words of the catalogue. */
export function selectionOf({ at, dump, unverified }: Wish): [Wanted, ChoiceOptions] {
  if (dump) return [{ id: dump }, unverified ? { unverified: dump } : {}];
  return [at ? { at: new Date(at) } : { latest: true }, {}];
}
