import { type Entry } from "./schema.ts";

/** Newest first by order of publication: the clocks of two sites need not agree, their epochs do. */
export const newestFirst = (a: Entry, b: Entry) => b.epoch - a.epoch || b.sequence - a.sequence;

export const verifiedOf = (entries: readonly Entry[]) =>
  entries.filter(({ status }) => status === "verified").sort(newestFirst);
