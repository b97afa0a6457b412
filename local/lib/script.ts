import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Whole or not at all: another run may be starting it, and a killed one must not leave a half that passes for somebody else's. */
export function writeScript(file: string, body: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  renameSync(partial, file);
}
