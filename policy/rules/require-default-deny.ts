import type { StackRule } from "../model/rule.ts";
import { policiesOf, trafficEndsOf } from "../model/network.ts";

/** Kubernetes allows all traffic to and from a pod that no policy selects. */
export const requireDefaultDeny: StackRule = {
  name: "require-default-deny",
  description: "Every namespace with a workload of ours denies ingress and egress that no policy allows.",
  level: "mandatory",
  checkAll: (subjects) => {
    const closed = policiesOf(subjects).filter(({ deniesAll }) => deniesAll);
    const namespaces = [...new Set(trafficEndsOf(subjects).map(({ namespace }) => namespace))];
    return namespaces
      .filter((namespace) => !closed.some((policy) => policy.namespace === namespace))
      .map(
        (namespace) =>
          `namespace ${namespace}: a NetworkPolicy must deny all ingress and egress, got none; ` +
          "add one with an empty podSelector, both policyTypes and no rules",
      );
  },
};
