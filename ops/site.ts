import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Whereabouts } from "../kubernetes/credentials.ts";
import { project } from "../tooling/paths.ts";
import { parse } from "yaml";

/** Names that runbooks and these commands use; the program keeps them fixed for this. */
export const release = "acci-framework";
export const database = "acci";

/** The namespace and cluster of a stack. */
export interface Site {
  readonly stack: string;
  readonly namespace: string;
  /** Flags that choose the cluster, for kubectl. @default - those of the environment */
  readonly cluster: readonly string[];
}

interface Settings {
  readonly "acci:namespace"?: string;
  readonly "acci:cluster"?: { readonly context?: string; readonly kubeconfig?: string };
  readonly "acci:exposure"?: { readonly host?: string };
}

/** Reads what the commands need from a stack's configuration. */
export function settingsOf(stack: string, folder = project) {
  const file = path.join(folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file))
    throw new Error(`STACK: must have a Pulumi.<stack>.yaml, got ${stack}; STACK=dev is the default`);
  const { config = {} } = parse(readFileSync(file, "utf8")) as { config?: Settings };
  const namespace = config["acci:namespace"];
  if (!namespace) throw new Error(`acci:namespace: must be set in Pulumi.${stack}.yaml, got nothing`);
  return { namespace, host: config["acci:exposure"]?.host ?? "", cluster: config["acci:cluster"] ?? {} };
}

/** The site of a stack according to its configuration; `ACCI_CONTEXT` selects another cluster. */
export function siteOf(stack: string, folder = project): Site {
  const { cluster, namespace } = settingsOf(stack, folder);
  const named = process.env["ACCI_CONTEXT"] || cluster.context;
  return {
    stack,
    namespace,
    cluster: [
      ...(cluster.kubeconfig ? [`--kubeconfig=${cluster.kubeconfig}`] : []),
      ...(named ? [`--context=${named}`] : []),
    ],
  };
}

/** Where the cluster of a site is, for what asks it without kubectl. */
export function whereabouts({ cluster }: Site): Whereabouts {
  const valueOf = (flag: string) => cluster.find((given) => given.startsWith(flag))?.slice(flag.length);
  const kubeconfig = valueOf("--kubeconfig=");
  const context = valueOf("--context=");
  return { ...(kubeconfig ? { kubeconfig } : {}), ...(context ? { context } : {}) };
}
