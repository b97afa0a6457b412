import { mkdirSync, renameSync, rmSync } from "node:fs";
import { run } from "../../tooling/run.ts";

/** Fills a folder anew; until all of it is there, the old one stays. */
export async function replaceFolder(folder: string, fill: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${folder}.partial`;
  // What comes out of Go's module folders is read-only.
  const unlock = () => run("chmod", ["-R", "u+w", partial]);
  await unlock().catch(() => {});
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  await fill(partial);
  await unlock();
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
}
