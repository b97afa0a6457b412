import type { ChoiceOptions, Wanted } from "../catalogue/choose.ts";
import type { RestoreRequest } from "../contract/shapes.ts";

/** The restore request in the terms of the catalogue. */
export function selectionOf({ at, dump, unverified }: RestoreRequest): [Wanted, ChoiceOptions] {
  if (dump) return [{ id: dump }, unverified ? { unverified: dump } : {}];
  return [at ? { at: new Date(at) } : { latest: true }, {}];
}
