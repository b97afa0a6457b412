import { mkdirSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Puts `cosign` and `crane` that know this platform's registry into a folder of the PATH. */
export function installSigningTools(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const main = path.join(import.meta.dirname, "main.ts");
  for (const tool of ["cosign", "crane"]) {
    const file = path.join(folder, tool);
    writeFileSync(
      `${file}.${process.pid}`,
      `#!/bin/sh\nexec '${realpathSync(process.execPath)}' '${main}' ${tool} "$@"\n`,
      { mode: 0o755 },
    );
    renameSync(`${file}.${process.pid}`, file);
  }
}
