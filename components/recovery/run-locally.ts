import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * Runs a command of the backup tools on this machine and answers what it printed, parsed. The store's settings go through files that
 * only this user can read and that are gone afterwards.
 */
export async function runTools(
  command: readonly string[],
  store: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "acci-store-"));
  try {
    for (const [name, value] of Object.entries(store)) writeFileSync(join(folder, name), value, { mode: 0o600 });
    const tools = join(import.meta.dirname, "..", "..", "backup", "main.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [tools, ...command], {
      env: { ...process.env, ...env, ACCI_STORE: folder },
    }).catch((error: Error & { stderr?: string }) => {
      throw new Error(error.stderr?.trim() || error.message);
    });
    return JSON.parse(stdout) as unknown;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
