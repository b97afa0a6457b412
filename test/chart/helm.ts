import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { ROOT } from "../stack-config";

export const CHART = join(ROOT, "helm");
/** A build of helm may know no cluster's version but an ancient one. */
const KUBE_VERSION = "1.34.0";

/** The one `make tools` builds. */
const CACHE = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
const BUILT = join(process.env["ACCI_CACHE"] ?? join(CACHE, "acci"), "bin", "helm");

/** Output of the helm CLI: `HELM`, the built one, or the one on the path. */
export function helm(...args: string[]): { status: number; stdout: string; stderr: string } {
  const command = process.env["HELM"] ?? (existsSync(BUILT) ? BUILT : "helm");
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (error)
    throw new Error(
      `helm: cannot be run as ${command} (${error.message}); run \`make tools\`, install Helm 3, or set HELM to its path`,
    );
  return { status: status ?? 1, stdout, stderr };
}

export interface Manifest extends Record<string, any> {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
}

/** What a release of that name and values would apply. */
export function render(release: string, values: object = {}): Manifest[] {
  const result = template(release, values);
  if (result.status !== 0) throw new Error(result.stderr);
  return parseAllDocuments(result.stdout)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** Why helm refuses the values. */
export function refusal(values: object): string {
  const { status, stderr } = template("acci-framework", values);
  if (status === 0) throw new Error("helm accepted the values");
  return stderr;
}

function template(release: string, values: object) {
  const sets = Object.entries(values).flatMap(([key, value]) => ["--set-json", `${key}=${JSON.stringify(value)}`]);
  return helm("template", release, CHART, "--kube-version", KUBE_VERSION, "--namespace", "acci-dev", ...sets);
}

export function pick(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found.length !== 1)
    throw new Error(
      `expected one ${kind} ${name} among ${manifests.map((m) => `${m.kind} ${m.metadata.name}`).join(", ")}`,
    );
  return found[0]!;
}
