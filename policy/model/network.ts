import { objectsOf } from "./objects.ts";
import { listAt, type Props, propsAt, type JudgedResource, textAt } from "./judged-resource.ts";
import { isPostgres, workloadsOf } from "./workloads.ts";

/** Pods of one workload, as a NetworkPolicy selects them. */
export interface TrafficEnd {
  readonly where: string;
  readonly namespace: string;
  readonly labels: Props;
}

interface Policy {
  readonly namespace: string;
  readonly selectsAll: boolean;
  readonly deniesAll: boolean;
  readonly selects: (end: TrafficEnd) => boolean;
}

export const trafficEndsOf = (subjects: readonly JudgedResource[]): readonly TrafficEnd[] =>
  subjects.flatMap((subject): readonly TrafficEnd[] =>
    isPostgres(subject) ? [instancesOf(subject)] : workloadsOf(subject),
  );

/** Pods of a CNPG Cluster: the operator labels them with the cluster's name. */
function instancesOf({ name, props }: JudgedResource): TrafficEnd {
  const cluster = textAt(props, "metadata", "name") || name;
  return {
    where: `Cluster ${name}`,
    namespace: textAt(props, "metadata", "namespace"),
    labels: { "cnpg.io/cluster": cluster },
  };
}

export const policiesOf = (subjects: readonly JudgedResource[]): readonly Policy[] =>
  subjects
    .flatMap(objectsOf)
    .filter(({ kind }) => kind === "NetworkPolicy")
    .map(({ namespace, manifest }) => {
      const spec = propsAt(manifest, "spec");
      const wanted = propsAt(spec, "podSelector", "matchLabels");
      const expressions = listAt(spec, "podSelector", "matchExpressions");
      const selectsAll = Object.keys(wanted).length === 0 && expressions.length === 0;
      const types = listAt(spec, "policyTypes");
      return {
        namespace,
        selectsAll,
        deniesAll:
          selectsAll &&
          ["Ingress", "Egress"].every((type) => types.includes(type)) &&
          listAt(spec, "ingress").length + listAt(spec, "egress").length === 0,
        // Expressions may select fewer pods than the labels alone, so a policy with expressions does not count as selecting.
        selects: (end) =>
          end.namespace === namespace &&
          expressions.length === 0 &&
          Object.entries(wanted).every(([key, value]) => end.labels[key] === value),
      };
    });
