import { z } from "zod";
import { archiveRecoverySchema } from "../contract/shapes.ts";

/**
 * The dump that a database came from, and the epoch since which its site is active. Stored as the comment of the database, which the
 * owner may write: a comment stays with its database through a rename or a physical copy, so it is never that of another database.
 */
const originSchema = z.object({
  dump: z.string(),
  epoch: z.int().positive(),
  /** The recovery from the archive, which was compared with the dump. @default - the dump was restored */
  archive: archiveRecoverySchema.optional(),
});

export type Origin = z.infer<typeof originSchema>;

/** Epoch of a site that has never failed over. */
const FIRST_EPOCH = 1;

export const commentOf = (origin: Origin): string => JSON.stringify(origin);

/** Undefined for a comment that the tools did not write. */
export function originOf(comment: string | null): Origin | undefined {
  try {
    return originSchema.parse(JSON.parse(comment ?? ""));
  } catch {
    return undefined;
  }
}

export const epochOf = (comment: string | null): number => originOf(comment)?.epoch ?? FIRST_EPOCH;
