import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Keeps the CLI from writing its logs. At every command it would write a new file of everything it does, compressed and encrypted, which
 * takes a fifth of a preview's processor time and is never removed. No option disables this; without the folder, the CLI does without.
 * `--logtostderr -v=9` shows the content.
 */
export function keepNoLogs(home: string): void {
  const file = path.join(home, "logs");
  if (existsSync(file) && statSync(file).isFile()) return;
  rmSync(file, { recursive: true, force: true });
  writeFileSync(file, "");
}
