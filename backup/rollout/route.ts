import { CANARY_HEADER, RELEASES } from "../contract/rollout.ts";
import type { Rule } from "./objects.ts";

/** Weights of an HTTPRoute are parts of their sum. */
const WHOLE = 100;

const leadsToStable = ({ backendRefs = [] }: Rule) => backendRefs.some(({ name }) => name === RELEASES.stable);
const isForHeader = ({ matches = [] }: Rule) => JSON.stringify(matches).includes(JSON.stringify(CANARY_HEADER.name));

/**
 * The rules as the chart has them. The canary is taken out of the list and not given the weight 0: some controllers, Traefik among them,
 * answer with errors for a Service without pods whatever its weight.
 */
export function withoutCanary(rules: readonly Rule[]): Rule[] {
  return rules
    .filter((rule) => !isForHeader(rule))
    .map((rule) =>
      leadsToStable(rule)
        ? {
            ...rule,
            backendRefs: rule
              .backendRefs!.filter(({ name }) => name !== RELEASES.canary)
              .map((ref) => (ref.name === RELEASES.stable ? { ...ref, weight: 1 } : ref)),
          }
        : rule,
    );
}

/** The rules with so many percent of the requests for the canary, and those with its header. */
export function withCanary(rules: readonly Rule[], weight: number): Rule[] {
  return withoutCanary(rules).flatMap((rule) => {
    const stable = rule.backendRefs?.find(({ name }) => name === RELEASES.stable);
    if (!stable) return [rule];
    const canary = { ...stable, name: RELEASES.canary };
    const backendRefs = [
      { ...stable, weight: WHOLE - weight },
      { ...canary, weight },
    ];
    const headers = [{ type: "Exact", ...CANARY_HEADER }];
    const matches = (rule.matches?.length ? rule.matches : [{}]).map((match) => ({ ...(match as object), headers }));
    return [
      { ...rule, matches, backendRefs: [{ ...canary, weight: 1 }] },
      { ...rule, backendRefs },
    ];
  });
}

/** Percentage of the requests that the rules give the canary. */
export const weightOf = (rules: readonly Rule[]): number =>
  rules
    .filter(leadsToStable)
    .flatMap(({ backendRefs = [] }) => backendRefs)
    .find(({ name }) => name === RELEASES.canary)?.weight ?? 0;
