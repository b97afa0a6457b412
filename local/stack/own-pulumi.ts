import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { run, succeeds } from "../../tooling/run.ts";

/** Whether the user has a Pulumi of their own. Its state and plugins then take precedence over this platform's. */
export const hasOwnPulumi = () => succeeds("pulumi", ["version"]);

/** Runs the user's own Pulumi on a context of the user's kubeconfig, with the user's login, state, passphrase and plugins. */
export async function ownPulumi(context: string, args: readonly string[], options: { cwd: string; show?: boolean }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "acci-context-"));
  try {
    const view = ["config", "view", "--raw", "--flatten", "--minify", `--context=${context}`];
    const file = path.join(folder, "kubeconfig");
    writeFileSync(file, await run("kubectl", view), { mode: 0o600 });
    return await run("pulumi", [...args, "--non-interactive"], {
      ...options,
      env: { ...process.env, KUBECONFIG: file },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
