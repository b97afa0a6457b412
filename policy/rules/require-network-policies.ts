import type { StackRule } from "../model/rule.ts";
import { policiesOf, trafficEndsOf } from "../model/network.ts";

/** Under a default deny, a pod without its own policy is either cut off or was forgotten. */
export const requireNetworkPolicies: StackRule = {
  name: "require-network-policies",
  description: "Every workload's pods are selected by a NetworkPolicy beside those that select all pods.",
  level: "mandatory",
  checkAll: (subjects) => {
    const policies = policiesOf(subjects).filter(({ selectsAll }) => !selectsAll);
    return trafficEndsOf(subjects)
      .filter((end) => !policies.some((policy) => policy.selects(end)))
      .map(
        ({ where, namespace, labels }) =>
          `${where}: a NetworkPolicy in ${namespace} must select its pods, got none for ${JSON.stringify(labels)}; ` +
          "add the edges it needs in components/network-policies.ts",
      );
  },
};
