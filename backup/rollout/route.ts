import { CANARY_HEADER, RELEASES } from "../contract/rollout.ts";
import type { Rule } from "./objects.ts";

/**
 * Sum of the two weights. Traefik deals requests out in a fixed order that repeats after as many requests as the sum of the weights is, so
 * with 50 and 50 a client that reads and writes in turn would send the canary only the one or the other. The order of an odd prime never
 * falls into step with that.
 */
const WHOLE = 101;

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

/** The rules with so many percent of the requests for the canary, and those with its header. Without a weight it has these alone. */
export function withCanary(rules: readonly Rule[], weight: number): Rule[] {
  return withoutCanary(rules).flatMap((rule) => {
    const stable = rule.backendRefs?.find(({ name }) => name === RELEASES.stable);
    if (!stable) return [rule];
    const canary = { ...stable, name: RELEASES.canary };
    const shares = weight === 100 ? [0, 100] : [WHOLE - weight, weight];
    const backendRefs = weight === 0 ? [stable] : [stable, canary].map((ref, i) => ({ ...ref, weight: shares[i]! }));
    const headers = [{ type: "Exact", ...CANARY_HEADER }];
    const matches = (rule.matches?.length ? rule.matches : [{}]).map((match) => ({ ...(match as object), headers }));
    return [
      { ...rule, matches, backendRefs: [{ ...canary, weight: 1 }] },
      { ...rule, backendRefs },
    ];
  });
}

/** Whether any request reaches the canary. */
export const leadsToCanary = (rules: readonly Rule[]): boolean =>
  rules.some(({ backendRefs = [] }) => backendRefs.some(({ name }) => name === RELEASES.canary));

/** Percentage of the requests that the rules give the canary. */
export const weightOf = (rules: readonly Rule[]): number =>
  rules
    .filter(leadsToStable)
    .flatMap(({ backendRefs = [] }) => backendRefs)
    .find(({ name }) => name === RELEASES.canary)?.weight ?? 0;
