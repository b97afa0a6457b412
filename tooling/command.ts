import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bin } from "./paths.ts";

const variableOf = (name: string) => name.toUpperCase().replaceAll("-", "_");

/** Path of a program: the variable of its name (`HELM`, `KUBE_LINTER`), else the one that `make tools` builds, else the one on the PATH. */
export function commandOf(name: string): string {
  const built = join(bin, name);
  return process.env[variableOf(name)] || (existsSync(built) ? built : name);
}

const products: Readonly<Record<string, string>> = { helm: "Helm 3" };

/** Message for a program that could not be started, with the cure. */
export const notStarted = (name: string, reason: string) =>
  `${name}: cannot be run as ${commandOf(name)} (${reason}); ` +
  `run \`make tools\`, install ${products[name] ?? "it"}, or set ${variableOf(name)} to its path`;

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program synchronously. A non-zero exit code is part of the outcome; a missing program throws. */
export function runSync(name: string, args: readonly string[], input = ""): Outcome {
  const options = { encoding: "utf8", input, maxBuffer: 64 << 20 } as const;
  const { error, status, stdout, stderr } = spawnSync(commandOf(name), args, options);
  if (error) throw new Error(notStarted(name, error.message));
  return { status: status ?? 1, stdout, stderr };
}
