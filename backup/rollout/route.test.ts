import fc from "fast-check";
import { RELEASES } from "../contract/rollout.ts";
import type { Rule } from "./objects.ts";
import { weightOf, withCanary, withoutCanary } from "./route.ts";

/** The chart's rule, as the API server returns it. */
const RULE: Rule = {
  matches: [{ path: { type: "PathPrefix", value: "/" } }],
  backendRefs: [{ group: "", kind: "Service", name: RELEASES.stable, port: 8080, weight: 1 }],
};
const OTHER: Rule = { backendRefs: [{ name: "another", port: 80, weight: 7 }] };

const weights = fc.integer({ min: 1, max: 100 });
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
    ["acci-framework", 90],
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

test("rules that do not lead to the application stay as they are", () => {
  expect(withCanary([OTHER, {}], 50)).toEqual([OTHER, {}]);
});
