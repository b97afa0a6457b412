import type { Path } from "../serve/diff.ts";
import type { Props } from "../serve/values.ts";

/** The parts of an object the API server never changes; `except` lists what it does change inside them. */
interface Rule {
  readonly paths: readonly string[];
  readonly except?: readonly string[];
}

const always: Rule = { paths: ["apiVersion", "kind", "metadata.name", "metadata.namespace"] };

const rules: Record<string, Rule> = {
  Deployment: { paths: ["spec.selector"] },
  DaemonSet: { paths: ["spec.selector"] },
  StatefulSet: {
    paths: [
      "spec.selector",
      "spec.serviceName",
      "spec.volumeClaimTemplates",
      "spec.podManagementPolicy",
      "spec.revisionHistoryLimit",
    ],
  },
  Job: { paths: ["spec.selector", "spec.template", "spec.completions", "spec.parallelism"] },
  Pod: { paths: ["spec"], except: ["spec.activeDeadlineSeconds", "spec.tolerations"] },
  PersistentVolumeClaim: { paths: ["spec"], except: ["spec.resources.requests"] },
  PersistentVolume: {
    paths: ["spec"],
    except: [
      "spec.capacity",
      "spec.persistentVolumeReclaimPolicy",
      "spec.accessModes",
      "spec.mountOptions",
      "spec.claimRef",
    ],
  },
  Service: { paths: ["spec.clusterIP"] },
  ResourceQuota: { paths: ["spec.scopes"] },
  StorageClass: { paths: ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"] },
  RoleBinding: { paths: ["roleRef"] },
  ClusterRoleBinding: { paths: ["roleRef"] },
};

export interface Mutability {
  readonly configMaps: boolean;
  readonly secrets: boolean;
}

const data = { ConfigMap: ["data", "binaryData"], Secret: ["data", "stringData", "type"] };

/** As the official provider: new data means a new object, unless the provider is told that pods watch for changes. */
function dataRule(kind: string, before: Props, mutable: Mutability): Rule | undefined {
  if (kind === "ConfigMap")
    return mutable.configMaps && before.immutable !== true ? undefined : { paths: data.ConfigMap };
  if (kind === "Secret")
    return mutable.secrets && before.immutable !== true ? { paths: ["type"] } : { paths: data.Secret };
  return undefined;
}

/** Whether a change at a path of this object can only be made by a new object. */
export function replaceRule(kind: string, before: Props, after: Props, mutable: Mutability): (path: Path) => boolean {
  const wasImmutable = before.immutable === true;
  const typeRule: Rule | undefined =
    kind === "Service" && toExternalName(before, after) ? { paths: ["spec.type"] } : undefined;
  const applicable = [always, rules[kind], dataRule(kind, before, mutable), typeRule].filter(
    (rule) => rule !== undefined,
  );
  return (path) => {
    const fields = path.filter((key) => typeof key === "string").join(".");
    const inside = (prefix: string) => fields === prefix || fields.startsWith(`${prefix}.`);
    if (wasImmutable && fields === "immutable") return true;
    return applicable.some(({ paths, except = [] }) => paths.some(inside) && !except.some(inside));
  };
}

const serviceType = (inputs: Props): unknown => (inputs.spec as Props | undefined)?.type;
const toExternalName = (before: Props, after: Props): boolean =>
  (serviceType(before) === "ExternalName") !== (serviceType(after) === "ExternalName");
