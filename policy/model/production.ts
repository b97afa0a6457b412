/** Stacks that carry real data, or stand in for one that does. */
export const PROTECTED_STACKS: readonly string[] = ["prod", "dr"];
