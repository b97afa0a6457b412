import type { ResourceRule } from "../model/rule.ts";
import { shown } from "../model/judged-resource.ts";
import { workloadsOf } from "../model/workloads.ts";
import { isWaived } from "../waivers.ts";

const NAME = "disallow-service-account-tokens";

/** With a token, an attacker in the pod could call the Kubernetes API. */
export const disallowServiceAccountTokens: ResourceRule = {
  name: NAME,
  description: "No pod gets a service account's token, unless policy/waivers.ts says what it needs it for.",
  level: "mandatory",
  check: (subject) =>
    workloadsOf(subject)
      .filter(({ pod, where }) => pod["automountServiceAccountToken"] !== false && !isWaived(NAME, where))
      .map(
        ({ pod, where }) =>
          `${where}: automountServiceAccountToken must be false, got ${shown(pod["automountServiceAccountToken"])}; ` +
          "set it, or waive the resource in policy/waivers.ts",
      ),
};
