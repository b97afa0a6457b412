import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A build of helm may know no cluster's version but an ancient one. */
export const KUBE_VERSION = "1.34.0";

/** The one `make tools` builds. */
const CACHE = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
const BUILT = join(process.env["ACCI_CACHE"] ?? join(CACHE, "acci"), "bin", "helm");

/** Output of the helm CLI: `HELM`, the built one, or the one on the path. */
export function helm(args: readonly string[], input?: string): { status: number; stdout: string; stderr: string } {
  const command = process.env["HELM"] ?? (existsSync(BUILT) ? BUILT : "helm");
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", input, maxBuffer: 64 << 20 });
  if (error)
    throw new Error(
      `helm: cannot be run as ${command} (${error.message}); run \`make tools\`, install Helm 3, or set HELM to its path`,
    );
  return { status: status ?? 1, stdout, stderr };
}
