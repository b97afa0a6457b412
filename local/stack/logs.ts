import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * The CLI writes all that it does, compressed and encrypted, into a new file at every command, for a fifth of a preview's processor time and
 * without an end. No option turns it off; where the folder cannot be made, it does without. `--logtostderr -v=9` shows what it would write.
 */
export function keepNoLogs(home: string): void {
  const file = path.join(home, "logs");
  if (existsSync(file) && statSync(file).isFile()) return;
  rmSync(file, { recursive: true, force: true });
  writeFileSync(file, "");
}
