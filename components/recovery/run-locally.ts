import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { z } from "zod";
import type { Command } from "../../backup/contract/commands.ts";
import type { StoreSetting } from "../../backup/contract/files.ts";
import { environment, type Given } from "../../backup/contract/variables.ts";

interface Asked<Answer> {
  readonly command: Command;
  readonly args?: readonly string[];
  readonly given: Given;
  /** Settings of the store. */
  readonly store: Readonly<Partial<Record<StoreSetting, string>>>;
  /** Schema of the command's output. */
  readonly answer: z.ZodType<Answer>;
}

/**
 * Runs a command of the backup tools on this machine, and returns its parsed output. It is a process of its own, because otherwise every
 * preview would have to load the client of the store. The store's settings go through files that only this user can read and that are
 * removed afterwards.
 */
export async function runTools<Answer>({ answer, args = [], command, given, store }: Asked<Answer>): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), "acci-store-"));
  try {
    for (const [name, value] of Object.entries(store)) writeFileSync(join(folder, name), value, { mode: 0o600 });
    const tools = join(import.meta.dirname, "..", "..", "backup", "main.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [tools, command, ...args], {
      env: { ...process.env, ...environment({ ...given, storeFolder: folder }) },
    }).catch((error: Error & { stderr?: string }) => {
      throw new Error(error.stderr?.trim() || error.message);
    });
    return answer.parse(JSON.parse(stdout));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
