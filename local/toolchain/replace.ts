import { mkdirSync, renameSync, rmSync } from "node:fs";
import { run } from "../../tooling/run.ts";

/** Fills a new folder and puts it in place of the old one, which stays until the new one is complete. */
export async function replaceFolder(folder: string, fill: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${folder}.partial`;
  // Files copied from Go's module folders are read-only.
  const unlock = () => run("chmod", ["-R", "u+w", partial]);
  await unlock().catch(() => {});
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  await fill(partial);
  await unlock();
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
}
