import { createRequire } from "node:module";
import type { Context, Provider } from "../serve/provider.ts";
import { Client } from "./client.ts";
import { checkConfig, replacedConfig, settingsOf, type Target } from "./config.ts";
import { loadCluster } from "./kubeconfig.ts";
import { assignName, rejectUnsupported, releaseType } from "./naming.ts";
import { diffLive } from "./diff-object.ts";
import { createObject, deleteObject, readObject, updateObject } from "./objects.ts";

let target: Target | undefined;

function reached(): Target {
  if (!target) throw new Error("kubernetes:kubeconfig: unknown until something else is created; run `pulumi up` first");
  return target;
}

const isRelease = ({ type }: Context): boolean => type === releaseType;
/** Loaded for a Helm release only, so that plain objects do not pay for it. */
const helm = () => import("./helm/release.ts");

/** Kubernetes objects through server-side apply, and Helm releases through the helm command. */
export const kubernetes: Provider = {
  name: "kubernetes",
  version: (createRequire(import.meta.url)("@pulumi/kubernetes/package.json") as { version: string }).version,
  checkConfig,
  replacedConfig,
  configure: (inputs) => {
    const settings = settingsOf(inputs);
    target = settings && { client: new Client(loadCluster(settings.source)), settings };
  },
  check: async (context, olds, news) => {
    if (isRelease(context)) return (await helm()).checkRelease(target, context, olds, news);
    rejectUnsupported(context.type);
    return assignName(context, olds, news);
  },
  diff: async (context, id, olds, state, news) =>
    isRelease(context)
      ? (await import("./helm/checkpoint.ts")).diffRelease(olds, news, state)
      : diffLive(target, context, id, olds, state, news),
  create: async (context, inputs) =>
    isRelease(context) ? (await helm()).createRelease(target, context, inputs) : createObject(target, context, inputs),
  update: async (context, _id, _olds, state, news) =>
    isRelease(context)
      ? (await helm()).updateRelease(target, context, state, news)
      : updateObject(target, context, state, news),
  read: async (context, id, inputs, state) => {
    if (isRelease(context)) return (await helm()).readRelease(reached(), context, id, inputs, state);
    rejectUnsupported(context.type);
    return readObject(reached(), context, id, inputs, state);
  },
  delete: async (context, id, inputs) =>
    isRelease(context)
      ? (await helm()).deleteRelease(reached(), context, id, inputs)
      : deleteObject(reached(), context, id, inputs),
};
