import { existsSync, writeFileSync } from "node:fs";
import { inState } from "../lib/paths.ts";

/** Platform of this machine. */
export const buildPlatform = "linux/amd64";

const mark = inState("every-platform");
let wanted = false;

/**
 * Whether images for several platforms are built for all of them. A dev stack needs only this machine's, and another one takes minutes, so
 * it is built from the first release on.
 */
export const hasEveryPlatform = () => wanted || existsSync(mark);

/** Calls `work` with every platform wanted; afterwards every later process wants them too. */
export async function withEveryPlatform(work: () => Promise<void>): Promise<void> {
  wanted = true;
  await work();
  writeFileSync(mark, "");
}
