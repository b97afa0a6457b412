import type { Rule } from "./model/rule.ts";
import { disallowHostNamespaces } from "./rules/disallow-host-namespaces.ts";
import { disallowLatestTag } from "./rules/disallow-latest-tag.ts";
import { disallowPlainSecrets } from "./rules/disallow-plain-secrets.ts";
import { disallowRetiredComponents } from "./rules/disallow-retired-components.ts";
import { disallowServiceAccountTokens } from "./rules/disallow-service-account-tokens.ts";
import { reportUncheckedCharts } from "./rules/report-unchecked-charts.ts";
import { requireChartReview } from "./rules/require-chart-review.ts";
import { requireDataProtection } from "./rules/require-data-protection.ts";
import { requireDefaultDeny } from "./rules/require-default-deny.ts";
import { requireExplicitProvider } from "./rules/require-explicit-provider.ts";
import { requireImageDigests } from "./rules/require-image-digests.ts";
import { requireNamespaceProtection } from "./rules/require-namespace-protection.ts";
import { requireNetworkPolicies } from "./rules/require-network-policies.ts";
import { requireProbes } from "./rules/require-probes.ts";
import { requireResourceLimits } from "./rules/require-resource-limits.ts";
import { restrictPodSecurity } from "./rules/restrict-pod-security.ts";
import { restrictServiceTypes } from "./rules/restrict-service-types.ts";

export const rules: readonly Rule[] = [
  disallowHostNamespaces,
  disallowLatestTag,
  disallowPlainSecrets,
  disallowRetiredComponents,
  disallowServiceAccountTokens,
  reportUncheckedCharts,
  requireChartReview,
  requireDataProtection,
  requireDefaultDeny,
  requireExplicitProvider,
  requireImageDigests,
  requireNamespaceProtection,
  requireNetworkPolicies,
  requireProbes,
  requireResourceLimits,
  restrictPodSecurity,
  restrictServiceTypes,
];
