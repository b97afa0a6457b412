import type { ResourceRule } from "../model/rule.ts";
import { shown } from "../model/judged-resource.ts";

/** The default provider uses whatever cluster kubectl points at. */
export const requireExplicitProvider: ResourceRule = {
  name: "require-explicit-provider",
  description: "Every Kubernetes resource has an explicit provider.",
  level: "mandatory",
  check: ({ name, provider, type }) =>
    type.startsWith("kubernetes:") && (!provider || /^default(_|$)/.test(provider))
      ? [`${name}: provider must be given, got ${shown(provider)}; pass the component's opts with { parent: this }`]
      : [],
};
