import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { kubeconfig } from "../local/lib/paths.ts";
import { pulumi } from "../local/stack/pulumi.ts";
import { commandOf } from "../tooling/command.ts";
import { helm, KUBE_VERSION } from "../tooling/helm.ts";
import { isMap } from "../tooling/maps.ts";
import { project } from "../tooling/paths.ts";
import { CommandError, run } from "../tooling/run.ts";

interface Exported {
  readonly deployment: {
    readonly resources: readonly { readonly type: string; readonly inputs?: Record<string, unknown> }[];
  };
}

interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version?: string;
  readonly repositoryOpts?: { readonly repo?: string };
  readonly values?: object;
}

/** Kubernetes objects and releases of a stack, with the inputs that its program has passed to Pulumi. */
interface Owned {
  readonly objects: readonly Record<string, unknown>[];
  readonly releases: readonly Release[];
}

/** Plain value of a secret, which an export has as a map with the value as JSON. */
const plaintextOf = (value: Record<string, unknown>): unknown =>
  typeof value["plaintext"] === "string" && Object.keys(value).length === 2
    ? JSON.parse(value["plaintext"])
    : undefined;

/** A value without the marks of secrets, and without a provider's internal keys. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (!isMap(value)) return value;
  const secret = plaintextOf(value);
  if (secret !== undefined) return bare(secret);
  const own = Object.entries(value).filter(([key]) => !key.startsWith("__"));
  return Object.fromEntries(own.map(([key, inner]) => [key, bare(inner)]));
}

export function ownedBy({ deployment }: Exported): Owned {
  const inputs = (accepts: (type: string) => boolean) =>
    deployment.resources.filter(({ type, inputs }) => inputs && accepts(type)).map(({ inputs }) => bare(inputs));
  const isRelease = (type: string) => type === "kubernetes:helm.sh/v3:Release";
  return {
    objects: inputs((type) => type.startsWith("kubernetes:") && !isRelease(type)) as Record<string, unknown>[],
    releases: inputs(isRelease) as Release[],
  };
}

/** Renders a release's chart into a file, as an author does before a diff. */
async function renderInto(file: string, release: Release): Promise<void> {
  const { name, namespace, chart, repositoryOpts, values = {}, version } = release;
  const repository = repositoryOpts?.repo ? ["--repo", repositoryOpts.repo, "--version", version ?? ""] : [];
  const options = ["--namespace", namespace, "--kube-version", KUBE_VERSION, "--no-hooks", "--values", "-"];
  const manifests = await helm(["template", name, chart, ...repository, ...options], {
    cwd: project,
    input: JSON.stringify(values),
  });
  writeFileSync(file, manifests, { mode: 0o600 });
}

/**
 * Exit code of kubectl diff for differences, which are expected: rendered objects lack the annotations and labels that Helm adds when it
 * installs them.
 */
const DIFFERENCES = 1;

async function diff(folder: string): Promise<void> {
  // With the field manager that owns the fields, because with any other each field would be a conflict.
  const apply = ["--server-side", "--field-manager=pulumi-kubernetes", "--force-conflicts"];
  try {
    await run(commandOf("kubectl"), ["--kubeconfig", kubeconfig, "diff", ...apply, "--filename", folder]);
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== DIFFERENCES) throw error;
  }
}

export interface Peer {
  /** Description of the comparison. */
  readonly detail: string;
  readonly preview: () => Promise<void>;
}

/**
 * The commands that show without Pulumi what an update would change: `helm template` of each chart, then `kubectl diff --server-side` of
 * the result and of every other object of the stack. Keeps its files, some of them secret, in the folder.
 */
export async function peerOf(stack: string, folder: string): Promise<Peer> {
  const { objects, releases } = ownedBy(
    JSON.parse(await pulumi(stack, ["stack", "export", "--show-secrets"])) as Exported,
  );
  mkdirSync(folder, { mode: 0o700 });
  const list = { apiVersion: "v1", kind: "List", items: objects };
  writeFileSync(path.join(folder, "objects.json"), JSON.stringify(list), { mode: 0o600 });
  return {
    detail: `helm template of ${releases.length} charts and kubectl diff --server-side of those and ${objects.length} objects`,
    preview: async () => {
      for (const release of releases) await renderInto(path.join(folder, `${release.name}.yaml`), release);
      await diff(folder);
    },
  };
}
