/** Stacks that carry real data, or stand in for one that does. */
export const PRODUCTION: readonly string[] = ["prod", "dr"];
