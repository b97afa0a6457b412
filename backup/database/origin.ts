import { z } from "zod";

/**
 * Which dump a database came from, and since which takeover its site is in charge. It is the comment of the database itself, which its
 * owner may write: renamed or copied with it, it can never be another's.
 */
const originSchema = z.object({ dump: z.string(), epoch: z.int().positive() });

export type Origin = z.infer<typeof originSchema>;

/** The epoch of a site that never took over from another. */
const FIRST_EPOCH = 1;

export const commentOf = (origin: Origin): string => JSON.stringify(origin);

/** Nothing for a comment of somebody else's. */
export function originOf(comment: string | null): Origin | undefined {
  try {
    return originSchema.parse(JSON.parse(comment ?? ""));
  } catch {
    return undefined;
  }
}

export const epochOf = (comment: string | null): number => originOf(comment)?.epoch ?? FIRST_EPOCH;
