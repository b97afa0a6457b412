import type { Waiver } from "./waivers.ts";

/** Rules by the name that each had in an earlier release. */
export const RENAMED: Readonly<Record<string, string>> = {
  "deny-traffic-by-default": "require-default-deny",
  "keep-pods-off-the-host": "disallow-host-namespaces",
  "keep-secrets-out-of-plain-inputs": "disallow-plain-secrets",
  "keep-services-inside": "restrict-service-types",
  "limit-every-container": "require-resource-limits",
  "name-the-provider": "require-explicit-provider",
  "probe-every-server": "require-probes",
  "protect-namespaces-with-data": "require-namespace-protection",
  "protect-what-holds-data": "require-data-protection",
  "refuse-retired-components": "disallow-retired-components",
  "refuse-the-tag-latest": "disallow-latest-tag",
  "restrict-every-pod": "restrict-pod-security",
  "review-third-party-charts": "require-chart-review",
  "run-images-by-digest": "require-image-digests",
  "say-what-is-not-checked": "report-unchecked-charts",
  "select-every-workload": "require-network-policies",
  "withhold-service-account-tokens": "disallow-service-account-tokens",
};

/** Throws for a waiver by the earlier name of its rule, because such a waiver would except nothing. */
export function ofPresentRules(waivers: readonly Waiver[]): readonly Waiver[] {
  for (const { rule, subject } of waivers) {
    const now = RENAMED[rule];
    if (now) throw new Error(`policy/waivers.ts: rule ${rule}, waived for ${subject}, was renamed, use ${now}`);
  }
  return waivers;
}
