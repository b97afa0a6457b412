import { isOurs, localChart } from "../chart/release.ts";
import { isRelease } from "../model/objects.ts";
import type { ResourceRule } from "../model/rule.ts";
import type { JudgedResource } from "../model/judged-resource.ts";
import { disallowHostNamespaces } from "./disallow-host-namespaces.ts";
import { requireResourceLimits } from "./require-resource-limits.ts";
import { requireProbes } from "./require-probes.ts";
import { disallowRetiredComponents } from "./disallow-retired-components.ts";
import { disallowLatestTag } from "./disallow-latest-tag.ts";
import { restrictPodSecurity } from "./restrict-pod-security.ts";
import { requireImageDigests } from "./require-image-digests.ts";
import { disallowServiceAccountTokens } from "./disallow-service-account-tokens.ts";

const POD_RULES = [
  disallowHostNamespaces,
  requireResourceLimits,
  requireProbes,
  disallowRetiredComponents,
  disallowLatestTag,
  restrictPodSecurity,
  requireImageDigests,
  disallowServiceAccountTokens,
];

/** Advisory counts only: an operator needs a token, and a third-party chart cannot be given a probe here. */
export const requireChartReview: ResourceRule = {
  name: "require-chart-review",
  description: "Counts what the objects of a local chart break that is not this repository's.",
  level: "advisory",
  check: (subject) => {
    const chart = isRelease(subject) ? localChart(subject.props) : undefined;
    if (!chart || isOurs(chart)) return [];
    const broken = countsOf({ ...subject, withThirdParty: true });
    return broken === ""
      ? []
      : [`${subject.name}: objects should keep the rules, got ${broken}; set what the chart's values offer`];
  },
};

const countsOf = (subject: JudgedResource): string =>
  POD_RULES.map(({ check, name }) => ({ name, count: check(subject).length }))
    .filter(({ count }) => count > 0)
    .map(({ count, name }, i) => `${name}${i === 0 ? " broken" : ""} ${count === 1 ? "once" : `${count} times`}`)
    .join(", ");
