import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a script by a rename, because another run may be starting it, and a killed run must not leave a partial script, which would pass
 * for a plugin of someone else.
 */
export function writeScript(file: string, body: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  renameSync(partial, file);
}
