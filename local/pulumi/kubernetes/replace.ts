import { text, type Props, type Value } from "../serve/values.ts";
import { isMap } from "../../../tooling/maps.ts";
import type { Path } from "../serve/diff.ts";

const always = ["metadata.name", "metadata.namespace"];

/** `forceNew` of the official provider (provider/diff.go): fields by kind whose change replaces the object. */
const rules: Record<string, readonly string[]> = {
  "apps Deployment": ["spec.selector"],
  "apps DaemonSet": ["spec.selector"],
  "apps StatefulSet": [
    ...["spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName"],
    "spec.volumeClaimTemplates",
  ],
  "batch Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io RoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io ClusterRoleBinding": ["roleRef"],
  "storage.k8s.io StorageClass": ["parameters", "provisioner"],
  " PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  " ResourceQuota": ["spec.scopes"],
  " Service": ["spec.clusterIP"],
  " PersistentVolume": [
    ...["awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker"],
    ...["gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk"],
    ...["portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"],
  ].map((source) => `spec.${source}`),
  " Pod": [
    ...["affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "enableServiceLinks", "hostAliases"],
    ...["hostIPC", "hostNetwork", "hostPID", "hostname", "imagePullSecrets", "nodeName", "nodeSelector", "overhead"],
    ...["preemptionPolicy", "priority", "priorityClassName", "readinessGates", "restartPolicy", "runtimeClassName"],
    ...["schedulerName", "securityContext", "serviceAccount", "serviceAccountName", "shareProcessNamespace"],
    ...["subdomain", "terminationGracePeriodSeconds", "volumes"],
    ...["containers", "initContainers"].flatMap((list) =>
      [
        ...["args", "command", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports"],
        ...["readinessProbe", "resources", "securityContext", "stdin", "stdinOnce", "terminationMessagePath"],
        ...["terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir"],
      ].map((field) => `${list}.${field}`),
    ),
  ].map((field) => `spec.${field}`),
};

export interface Mutability {
  readonly configMaps: boolean;
  readonly secrets: boolean;
}

/** A change of the data replaces the object, unless the provider is configured to let pods watch for changes. */
function dataRule(inputs: Props, mutable: Mutability): readonly string[] {
  const { immutable, kind } = inputs;
  if (kind === "ConfigMap") return mutable.configMaps && immutable !== true ? [] : ["binaryData", "data"];
  return mutable.secrets && immutable !== true ? ["type"] : ["type", "stringData", "data"];
}

/** Tests whether a change at a path of this object, to this value, needs a new object. */
export function replaceRule(inputs: Props, mutable: Mutability): (path: Path, value: Value) => boolean {
  const [apiVersion, kind] = [text(inputs.apiVersion), text(inputs.kind)];
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  const holdsData = group === "" && ["ConfigMap", "Secret"].includes(kind);
  const own = holdsData ? dataRule(inputs, mutable) : (rules[`${group} ${kind}`] ?? []);
  const paths = [...always, ...own].map((path) => path.split("."));
  return (path, value) => {
    const fields = path.filter((key) => typeof key === "string");
    return paths.some(
      (rule) =>
        fields.every((field, i) => rule[i] === undefined || rule[i] === field) &&
        reaches(value, rule.slice(fields.length)),
    );
  };
}

/** Whether a value that changed as a whole contains the rest of a rule's path. */
function reaches(value: Value, rest: readonly string[]): boolean {
  const [key, ...further] = rest;
  if (key === undefined) return true;
  if (Array.isArray(value)) return value.some((item) => reaches(item, rest));
  return isMap(value) && value[key] !== undefined && reaches(value[key], further);
}
