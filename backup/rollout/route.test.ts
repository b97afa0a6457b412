import fc from "fast-check";
import { RELEASES } from "../contract/rollout.ts";
import type { Rule } from "./objects.ts";
import { leadsToCanary, weightOf, withCanary, withoutCanary } from "./route.ts";

/** The chart's rule, as the API server returns it. */
const RULE: Rule = {
  matches: [{ path: { type: "PathPrefix", value: "/" } }],
  backendRefs: [{ group: "", kind: "Service", name: RELEASES.stable, port: 8080, weight: 1 }],
};
const OTHER: Rule = { backendRefs: [{ name: "another", port: 80, weight: 7 }] };

const weights = fc.integer({ min: 0, max: 100 });
const rules = fc.shuffledSubarray([RULE, OTHER, { ...RULE, matches: undefined } as Rule, {}], { minLength: 1 });

test("a share of the requests goes to the canary, and all that ask for it by header", () => {
  const [byHeader, byWeight] = withCanary([RULE], 10);
  expect(byHeader).toEqual({
    matches: [
      {
        path: { type: "PathPrefix", value: "/" },
        headers: [{ type: "Exact", name: "x-acci-canary", value: "always" }],
      },
    ],
    backendRefs: [{ group: "", kind: "Service", name: "acci-framework-canary", port: 8080, weight: 1 }],
  });
  expect(byWeight!.matches).toEqual(RULE.matches);
  expect(byWeight!.backendRefs!.map(({ name, weight }) => [name, weight])).toEqual([
    ["acci-framework", 91],
    ["acci-framework-canary", 10],
  ]);
});

test("whatever the weights were, the route comes back as the chart has it", () => {
  fc.assert(
    fc.property(rules, fc.array(weights), (before, steps) => {
      const after = steps.reduce<Rule[]>((now, weight) => withCanary(now, weight), [...before]);
      expect(withoutCanary(after)).toEqual(before);
    }),
  );
});

test("the weight that was given is the weight there is, however often it is given", () => {
  fc.assert(
    fc.property(weights, weights, (first, second) => {
      const once = withCanary([OTHER, RULE], second);
      expect(withCanary(withCanary([OTHER, RULE], first), second)).toEqual(once);
      expect(weightOf(once)).toBe(second);
      expect(weightOf(withoutCanary(once))).toBe(0);
    }),
  );
});

test("without a weight only requests with the header reach it, and with all of them the stable release has none", () => {
  const [byHeader, byWeight] = withCanary([RULE], 0);
  expect(leadsToCanary([byHeader!])).toBe(true);
  expect(byWeight).toEqual(RULE);
  const refs = withCanary([RULE], 100)[1]!.backendRefs!;
  expect(refs.map(({ weight }) => weight)).toEqual([0, 100]);
  expect(leadsToCanary(withoutCanary(withCanary([RULE], 0)))).toBe(false);
});

/** Requests in their turns, each to the backend that has waited longest for its share, as Traefik deals them out. */
function dealt(shares: readonly number[], requests: number): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const credit = shares.map(() => 0);
  return Array.from({ length: requests }, () => {
    shares.forEach((share, i) => (credit[i]! += share));
    const chosen = credit.indexOf(Math.max(...credit));
    credit[chosen]! -= total;
    return chosen;
  });
}

test("a client that reads and writes in turn sends the canary both alike, whatever its weight", () => {
  for (let weight = 1; weight < 100; weight++) {
    const shares = withCanary([RULE], weight)[1]!.backendRefs!.map((ref) => ref.weight!);
    const writes = dealt(shares, 2 * 101).filter((to, i) => to === 1 && i % 2 === 1).length;
    expect(writes).toBe(weight);
  }
  // Which is not so of weights whose sum is even.
  expect(dealt([50, 50], 200).filter((to, i) => to === 1 && i % 2 === 1)).toHaveLength(100);
});

test("rules that do not lead to the application stay as they are", () => {
  expect(withCanary([OTHER, {}], 50)).toEqual([OTHER, {}]);
});
