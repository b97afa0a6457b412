import { join } from "node:path";
import { runSync } from "../../tooling/command.ts";

export interface Finding {
  readonly check: string;
  /** Kind and name of the object. */
  readonly object: string;
  readonly message: string;
}

/** Every check of kube-score below full marks, warnings included. */
export function kubeScore(manifests: string): Finding[] {
  const args = ["score", "--output-format", "json", "--kubernetes-version", "v1.30", "-"];
  const scored = answer<Scored[]>("kube-score", args, manifests);
  return scored.flatMap(({ type_meta, object_meta, checks }) =>
    checks
      .filter(({ skipped, grade }) => !skipped && grade < FULL_MARKS)
      .map(({ check, comments }) => ({
        check: check.id,
        object: `${type_meta.kind} ${object_meta.name}`,
        message: (comments ?? []).map(({ path, summary }) => `${path}: ${summary}`).join("; "),
      })),
  );
}

export function kubeLinter(manifests: string): Finding[] {
  const args = ["lint", "--config", join(import.meta.dirname, "kube-linter.yaml"), "--format", "json"];
  const { Reports } = answer<Linted>("kube-linter", [...args, "--fail-if-no-objects-found", "-"], manifests);
  return (Reports ?? []).map(({ Check, Object: { K8sObject }, Diagnostic }) => ({
    check: Check,
    object: `${K8sObject.GroupVersionKind.Kind} ${K8sObject.Name}`,
    message: Diagnostic.Message,
  }));
}

/** Output of a linter. Both linters exit with a failure when they find something, so only their output shows whether they ran. */
function answer<T>(name: string, args: readonly string[], manifests: string): T {
  const { status, stdout, stderr } = runSync(name, args, manifests);
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`${name}: must answer JSON, got exit code ${status} and ${stderr || stdout || "nothing"}`);
  }
}

const FULL_MARKS = 10;

interface Scored {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null;
  }[];
}

interface Linted {
  readonly Reports:
    | readonly {
        readonly Check: string;
        readonly Diagnostic: { readonly Message: string };
        readonly Object: {
          readonly K8sObject: { readonly Name: string; readonly GroupVersionKind: { readonly Kind: string } };
        };
      }[]
    | null;
}
