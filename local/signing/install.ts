import { realpathSync } from "node:fs";
import path from "node:path";
import { writeScript } from "../lib/script.ts";

/** Writes wrappers of `cosign` and `crane` that use this platform's registry to a folder of the PATH. */
export function installSigningTools(folder: string): void {
  const main = path.join(import.meta.dirname, "main.ts");
  for (const tool of ["cosign", "crane"])
    writeScript(path.join(folder, tool), `exec '${realpathSync(process.execPath)}' '${main}' ${tool} "$@"`);
}
