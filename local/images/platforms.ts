import { existsSync, writeFileSync } from "node:fs";
import { inState } from "../lib/paths.ts";

/** This machine's. */
export const buildPlatform = "linux/amd64";

const mark = inState("every-platform");
let wanted = false;

/**
 * Whether what is built for several platforms is built for each of them. A dev stack runs on this machine alone, and another platform's half
 * of its image takes minutes: it is built from the first release on.
 */
export const hasEveryPlatform = () => wanted || existsSync(mark);

/** From now on in this process, and in every later one once `work` is done. */
export async function withEveryPlatform(work: () => Promise<void>): Promise<void> {
  wanted = true;
  await work();
  writeFileSync(mark, "");
}
