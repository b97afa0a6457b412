import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { ResourceRule, Rule, StackRule } from "../model/rule.ts";
import type { JudgedResource } from "../model/judged-resource.ts";
import { plain } from "./properties.ts";

type Shown = Pick<ResourceValidationArgs | PolicyResource, "type" | "name" | "urn" | "props" | "opts" | "provider">;

function subjectOf({ name, opts, props, provider, type, urn }: Shown, secrets: readonly string[] = []): JudgedResource {
  return {
    type,
    name,
    // urn:pulumi:<stack>::…
    stack: urn.split(":")[2] ?? "",
    props: plain(props).props,
    secrets,
    protect: opts.protect,
    provider: provider?.name,
  };
}

/** Secret inputs by URN, noted before the SDK hides which inputs are secret. */
const secretsOf = new Map<string, readonly string[]>();

/**
 * The SDK shows only to remediations which values are secret. This remediation changes nothing and notes them for the rules: the engine
 * runs remediations before validations. It is listed first in the pack, so that it also sees what no other remediation has changed.
 */
const noteSecrets: ResourceValidationPolicy = {
  name: "note-secrets",
  description: "Changes nothing: notes which inputs are secret, for disallow-plain-secrets.",
  enforcementLevel: "remediate",
  remediateResource: ({ props, urn }) => void secretsOf.set(urn, plain(props).secrets),
};

const ofResource = ({ check, description, level, name }: ResourceRule): ResourceValidationPolicy => ({
  name,
  description,
  enforcementLevel: level,
  validateResource: (args, report) => check(subjectOf(args, secretsOf.get(args.urn))).forEach((text) => report(text)),
});

const ofStack = ({ checkAll, description, level, name }: StackRule): StackValidationPolicy => ({
  name,
  description,
  enforcementLevel: level,
  validateStack: ({ resources }, report) =>
    checkAll(resources.map((resource) => subjectOf(resource))).forEach((text) => report(text)),
});

export const policiesFor = (rules: readonly Rule[]): (ResourceValidationPolicy | StackValidationPolicy)[] => [
  noteSecrets,
  ...rules.map((rule) => ("check" in rule ? ofResource(rule) : ofStack(rule))),
];
