import type { ChoiceOptions, Wanted } from "../catalogue/choose.ts";
import type { RestoreRequest } from "../contract/shapes.ts";

/** The restore request in the terms of the catalogue. */
export function selectionOf({ allowFailed, at, dump }: RestoreRequest): [Wanted, ChoiceOptions] {
  if (dump) return [{ id: dump }, allowFailed ? { allowFailed: dump } : {}];
  return [at ? { at: new Date(at) } : { latest: true }, {}];
}
