import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const HOME_CACHE = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
export const CACHE = process.env["ACCI_CACHE"] ?? join(HOME_CACHE, "acci");
const BUILT = join(CACHE, "bin");

const variableOf = (name: string) => name.toUpperCase().replaceAll("-", "_");

/** The tool its variable names (`HELM`, `KUBE_LINTER`), the one `make tools` builds, or the one on the path. */
export function commandOf(name: string): string {
  const built = join(BUILT, name);
  return process.env[variableOf(name)] ?? (existsSync(built) ? built : name);
}

const products: Readonly<Record<string, string>> = { helm: "Helm 3" };

/** Runs it to its end; that it failed is in the answer, that it could not be run is an error. */
export function tool(name: string, args: readonly string[], input = ""): Outcome {
  const command = commandOf(name);
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", input, maxBuffer: 64 << 20 });
  if (error)
    throw new Error(
      `${name}: cannot be run as ${command} (${error.message}); ` +
        `run \`make tools\`, install ${products[name] ?? "it"}, or set ${variableOf(name)} to its path`,
    );
  return { status: status ?? 1, stdout, stderr };
}

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}
