import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { helmSync, KUBE_VERSION } from "../../tooling/helm.ts";
import { project } from "../../tooling/paths.ts";

export const CHART = join(project, "helm");

export const helm = (...args: string[]) => helmSync(args);

export interface Manifest extends Record<string, any> {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
}

/** The rendered manifests of a release, hooks included, as text. */
export function renderText(release: string, values: object = {}): string {
  const result = template(release, values);
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout;
}

/** The rendered manifests of a release, hooks included. */
export function render(release: string, values: object = {}): Manifest[] {
  return parseAllDocuments(renderText(release, values))
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** Helm's error message for values that it must refuse. */
export function refusal(values: object): string {
  const { status, stderr } = template("acci-framework", values);
  if (status === 0) throw new Error("helm accepted the values");
  return stderr;
}

function template(release: string, values: object) {
  const sets = Object.entries(values).flatMap(([key, value]) => ["--set-json", `${key}=${JSON.stringify(value)}`]);
  return helm("template", release, CHART, "--kube-version", KUBE_VERSION, "--namespace", "acci-dev", ...sets);
}

export const isHook = ({ metadata }: Manifest) => metadata.annotations?.["helm.sh/hook"] !== undefined;

export function pick(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found.length !== 1)
    throw new Error(
      `expected one ${kind} ${name} among ${manifests.map((m) => `${m.kind} ${m.metadata.name}`).join(", ")}`,
    );
  return found[0]!;
}
