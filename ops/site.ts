import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

const project = path.resolve(import.meta.dirname, "..");

/** What runbooks and these commands address by name; the program keeps the names fixed for them. */
export const release = "acci-framework";
export const database = "acci";

/** Where the site of a stack is. */
export interface Site {
  readonly stack: string;
  readonly namespace: string;
  /** Flags that choose the cluster, for kubectl. @default - those of the environment */
  readonly cluster: readonly string[];
}

interface StackFile {
  readonly config?: {
    readonly "acci:namespace"?: string;
    readonly "acci:cluster"?: { readonly context?: string; readonly kubeconfig?: string };
  };
}

/** Reads where a stack's site is from its configuration; `ACCI_CONTEXT` names another cluster. */
export function siteOf(stack: string, folder = project): Site {
  const file = path.join(folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file))
    throw new Error(`STACK: must have a Pulumi.<stack>.yaml, got ${stack}; STACK=dev is the default`);
  const { config = {} } = parse(readFileSync(file, "utf8")) as StackFile;
  const namespace = config["acci:namespace"];
  if (!namespace) throw new Error(`acci:namespace: must be set in Pulumi.${stack}.yaml, got nothing`);
  const { kubeconfig, context } = config["acci:cluster"] ?? {};
  const named = process.env["ACCI_CONTEXT"] || context;
  return {
    stack,
    namespace,
    cluster: [...(kubeconfig ? [`--kubeconfig=${kubeconfig}`] : []), ...(named ? [`--context=${named}`] : [])],
  };
}
