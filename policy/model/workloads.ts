import { type KubernetesObject, labelsOf, objectsOf } from "./objects.ts";
import { listAt, type Props, propsAt, type JudgedResource, textAt } from "./judged-resource.ts";
import { isMap } from "../../tooling/maps.ts";

export interface Container {
  /** Name of the container in messages. */
  readonly where: string;
  /** Whether the container runs to its end: an init container, or a container of a pod that is not restarted. */
  readonly ends: boolean;
  readonly spec: Props;
}

export interface Workload {
  readonly where: string;
  readonly namespace: string;
  readonly labels: Props;
  readonly pod: Props;
  readonly containers: readonly Container[];
}

const TEMPLATED = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"];

/** The pod template of an object; of a Pod, the object itself. */
function templateOf({ kind, manifest }: KubernetesObject): Props | undefined {
  if (kind === "Pod") return manifest;
  if (kind === "CronJob") return propsAt(manifest, "spec", "jobTemplate", "spec", "template");
  return TEMPLATED.includes(kind) ? propsAt(manifest, "spec", "template") : undefined;
}

export function workloadsOf(subject: JudgedResource): readonly Workload[] {
  return objectsOf(subject).flatMap((object) => {
    const template = templateOf(object);
    if (!template) return [];
    const pod = propsAt(template, "spec");
    // Pods of a Job, and single pods such as a chart's test.
    const runsOnce = ["Never", "OnFailure"].includes(textAt(pod, "restartPolicy")) || /Job$/.test(object.kind);
    const containers = [
      ...listAt(pod, "initContainers").map((spec) =>
        container(object, spec, textAt(spec, "restartPolicy") !== "Always"),
      ),
      ...listAt(pod, "containers").map((spec) => container(object, spec, runsOnce)),
    ];
    return [{ where: object.where, namespace: object.namespace, labels: labelsOf(template), pod, containers }];
  });
}

export const containersOf = (subject: JudgedResource): readonly Container[] =>
  workloadsOf(subject).flatMap(({ containers }) => containers);

const container = (object: KubernetesObject, spec: unknown, ends: boolean): Container => ({
  where: `${object.where}, container ${textAt(spec, "name")}`,
  ends,
  spec: isMap(spec) ? spec : {},
});

const CNPG_CLUSTER = "kubernetes:postgresql.cnpg.io/v1:Cluster";
/** The operator makes the pods of a Cluster, so only the Cluster's own settings can be judged. */
export const isPostgres = ({ type }: JudgedResource): boolean => type === CNPG_CLUSTER;
const CNPG_POOLER = "kubernetes:postgresql.cnpg.io/v1:Pooler";

/** Every image that a resource runs, and where. */
export function imagesOf(subject: JudgedResource): readonly { readonly where: string; readonly image: string }[] {
  const operated = isPostgres(subject)
    ? [{ where: `Cluster ${subject.name}`, image: textAt(subject.props, "spec", "imageName") }]
    : [];
  const pooler =
    subject.type === CNPG_POOLER ? listAt(propsAt(subject.props, "spec", "template", "spec"), "containers") : [];
  return [
    ...operated,
    ...pooler.map((spec) => ({ where: `Pooler ${subject.name}`, image: textAt(spec, "image") })),
    ...containersOf(subject).map(({ where, spec }) => ({ where, image: textAt(spec, "image") })),
  ];
}
