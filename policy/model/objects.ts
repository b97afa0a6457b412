import { isOurs, localChart, renderedObjects } from "../chart/release.ts";
import { type Props, propsAt, type JudgedResource, textAt } from "./judged-resource.ts";
import { isMap } from "../../tooling/maps.ts";

/** A Kubernetes object: a resource of the program, or one that a release of a local chart would apply. */
export interface KubernetesObject {
  readonly kind: string;
  readonly namespace: string;
  /** Name of the object in messages. */
  readonly where: string;
  readonly manifest: Props;
}

const HELM_RELEASE = "kubernetes:helm.sh/v3:Release";
export const isRelease = ({ type }: JudgedResource): boolean => type === HELM_RELEASE;

/** The kind in a type token: `kubernetes:apps/v1:Deployment` is a Deployment; providers and releases are no objects. */
function kindOf({ type }: JudgedResource): string | undefined {
  const [pkg, module = "", kind] = type.split(":");
  return pkg === "kubernetes" && !module.startsWith("helm.sh") ? kind : undefined;
}

export function objectsOf(subject: JudgedResource): readonly KubernetesObject[] {
  if (isRelease(subject)) return rendered(subject);
  const kind = kindOf(subject);
  if (!kind) return [];
  const namespace = textAt(subject.props, "metadata", "namespace");
  return [{ kind, namespace, where: `${kind} ${subject.name}`, manifest: subject.props }];
}

function rendered(subject: JudgedResource): KubernetesObject[] {
  const chart = localChart(subject.props);
  if (!chart || !(isOurs(chart) || subject.withThirdParty)) return [];
  const namespace = textAt(subject.props, "namespace");
  return renderedObjects(subject.props)
    .filter(isMap)
    .map((manifest) => {
      const kind = textAt(manifest, "kind");
      return {
        kind,
        namespace: textAt(manifest, "metadata", "namespace") || namespace,
        where: `${kind} ${textAt(manifest, "metadata", "name")} of release ${subject.name}`,
        manifest,
      };
    });
}

export const labelsOf = (meta: unknown): Props => propsAt(meta, "metadata", "labels");
