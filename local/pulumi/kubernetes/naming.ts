import { randomBytes } from "node:crypto";
import { notImplemented, type Failure } from "../serve/errors.ts";
import type { Context } from "../serve/provider.ts";
import { at, object, plain, secret, isSecret, text, unknown, type Props } from "../serve/values.ts";
import { isMap } from "../../../tooling/maps.ts";

export const releaseType = "kubernetes:helm.sh/v3:Release";
const autonamed = "pulumi.com/autonamed";

/** `kubernetes:apps/v1:Deployment` names an API version and a kind; `core/v1` stands for `v1`. */
export function kindOf(type: string): { apiVersion: string; kind: string } {
  const [, apiVersion = "", kind = ""] = type.split(":");
  return { apiVersion: apiVersion.replace(/^core\//, ""), kind };
}

/** Rejects types that stand for more than one object, and patches of foreign objects: none of them is implemented. */
export function rejectUnsupported(type: string): void {
  const { apiVersion, kind } = kindOf(type);
  const [group = ""] = apiVersion.split("/");
  const builtIn = !group.includes(".") || group.endsWith(".k8s.io");
  const composite =
    ["helm.sh", "yaml", "kustomize", "apiextensions.k8s.io"].includes(group) && kind !== "CustomResourceDefinition";
  if (composite || (builtIn && /(List|Patch)$/.test(kind))) throw notImplemented("kubernetes", type);
}

export const isAutonamed = (inputs: Props): boolean =>
  at(plain(inputs), "metadata", "annotations", autonamed) === "true";

/** Gives an object without a name a generated one, and keeps that name across updates. */
export function assignName(context: Context, olds: Props, news: Props): { inputs: Props; failures: Failure[] } {
  const given = news.metadata ?? {};
  const metadata = isSecret(given) ? given.value : given;
  if (metadata === unknown || !isMap(metadata) || metadata.name) return { inputs: news, failures: [] };
  if (metadata.generateName)
    return {
      inputs: news,
      failures: [
        { property: "metadata.generateName", reason: notImplemented("kubernetes", "metadata.generateName").message },
      ],
    };
  const oldName = isAutonamed(olds) ? text(at(plain(olds), "metadata", "name")) : "";
  if (!oldName && context.autonaming?.disabled)
    return {
      inputs: news,
      failures: [{ property: "metadata.name", reason: "required, as automatic naming is disabled" }],
    };
  const name = oldName || context.autonaming?.proposedName || `${context.name}-${randomBytes(4).toString("hex")}`;
  const annotations = { ...object(plain<unknown>(metadata.annotations)), [autonamed]: "true" };
  const named = {
    ...metadata,
    name,
    annotations: metadata.annotations === unknown ? unknown : keepMark(metadata.annotations, annotations),
  };
  return { inputs: { ...news, metadata: keepMark(given, named) }, failures: [] };
}

const keepMark = (given: unknown, value: Props): Props => (isSecret(given) ? secret(value) : value);

export const idOf = (namespace: string | undefined, name: string): string =>
  namespace ? `${namespace}/${name}` : name;

export function parseId(id: string): { namespace?: string; name: string } {
  const slash = id.indexOf("/");
  return slash < 0 ? { name: id } : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}
