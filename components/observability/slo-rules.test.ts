import fc from "fast-check";
import { ALERT_WINDOWS, budgetOf, burnRate, leastObjective, windows } from "../../config/burn-rates.ts";
import { parse } from "../../dashboards/testing/promql.ts";
import type { SloArgs } from "./objectives.ts";
import { sloRules } from "./slo-rules.ts";
import { SLO } from "./testing/objectives.ts";

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

const rulesOf = (slo: SloArgs) =>
  (sloRules("acci-prod", slo).groups as { rules: Rule[] }[]).flatMap(({ rules }) => rules);

const hours = { "1h": 1, "6h": 6, "1d": 24, "3d": 72 } as const;
const pairs = Object.values(ALERT_WINDOWS).flat();
const days = fc.integer({ min: 7, max: 90 });
const objective = fc.double({ min: 50, max: 99.999, noNaN: true });

describe("the arithmetic of budgets", () => {
  test("over 30 days the rates are those of Google's workbook", () => {
    expect(pairs.map((window) => burnRate(window, 30))).toEqual([14.4, 6, 3, 1]);
  });

  test("at its rate, the longer window spends just its part of the budget", () =>
    fc.assert(
      fc.property(days, objective, fc.constantFrom(...pairs), (period, percent, window) => {
        const badPart = burnRate(window, period) * budgetOf(percent);
        const spent = (badPart * hours[window.long]) / (budgetOf(percent) * period * 24);
        expect(spent * 100).toBeCloseTo(window.budgetPercent, 6);
      }),
    ));

  test("the least objective is where a failure of everything just burns fast enough to page", () =>
    fc.assert(
      fc.property(days, objective, (period, percent) => {
        const highest = Math.max(...ALERT_WINDOWS.page.map((window) => burnRate(window, period) * budgetOf(percent)));
        expect(highest < 1).toBe(percent > leastObjective(period));
      }),
    ));

  test("the part that must be good and the part that may be bad are the whole", () =>
    fc.assert(fc.property(objective, (percent) => expect(budgetOf(percent) + percent / 100).toBeCloseTo(1, 10))));

  test("no threshold has the digits that binary fractions add", () => expect(budgetOf(99.9)).toBe(0.001));
});

describe("the rules of an objective", () => {
  test("have Sloth's names and labels", () => {
    const rules = rulesOf(SLO).filter(({ labels }) => labels["sloth_slo"] === "requests-availability");
    expect(rules.flatMap(({ record }) => record ?? [])).toEqual([
      "slo:sli_bad:rate5m",
      "slo:sli_all:rate5m",
      ...[...windows, "30d"].map((range) => `slo:sli_error:ratio_rate${range}`),
      ...Object.keys(hours).map((range) => `slo:sli_bad_events:increase${range}`),
      "slo:objective:ratio",
      "slo:error_budget:ratio",
      "slo:time_period:days",
      "slo:current_burn_rate:ratio",
      "slo:period_burn_rate:ratio",
      "slo:period_error_budget_remaining:ratio",
      "sloth_slo_info",
    ]);
    const identity = { sloth_id: "acci-prod-requests-availability", sloth_service: "acci-prod" };
    for (const { labels } of rules) expect(labels).toMatchObject({ ...identity, namespace: "acci-prod" });
    // An alert has the labels of the series besides.
    const alerts = rulesOf(SLO).filter(({ alert }) => alert === "AcciAvailabilityBudgetBurning");
    expect(alerts.map(({ labels }) => labels["sloth_severity"])).toEqual(["page", "ticket"]);
  });

  test("count events in every window, the longest included", () => {
    for (const { expr, record } of rulesOf(SLO))
      if (record?.startsWith("slo:sli_error:")) expect(expr).not.toContain("slo:sli_error");
  });

  test("are PromQL, and alert on what is recorded, for every configuration", () =>
    fc.assert(
      fc.property(
        days,
        objective,
        fc.constantFrom(0.25, 1, 2.5),
        fc.nat(100),
        (windowDays, percent, thresholdSeconds, minimumErrors) => {
          const slo = {
            ...SLO,
            windowDays,
            availability: percent,
            latency: { objective: percent, thresholdSeconds },
            minimumErrors,
          };
          const rules = rulesOf(slo);
          const records = new Set(rules.map(({ record }) => record));
          for (const { expr } of rules) {
            const { errors, metrics } = parse(expr);
            expect(errors).toEqual([]);
            for (const name of metrics) if (/^slo/.test(name)) expect(records).toContain(name);
          }
        },
      ),
      { numRuns: 25 },
    ));

  test("find a bucket that is a whole number by either way of writing it", () => {
    const { expr } = rulesOf({ ...SLO, latency: { objective: 99, thresholdSeconds: 1 } }).find(
      ({ labels, record }) => record === "slo:sli_error:ratio_rate5m" && labels["sloth_slo"] === "requests-latency",
    )!;
    expect(expr).toContain(String.raw`le=~"1(\\.0)?"`);
  });

  test("are left out for dumps of a site that makes none", () => {
    const names = new Set(rulesOf({ ...SLO, dumpAge: undefined }).map(({ labels }) => labels["sloth_slo"]));
    expect([...names].filter(Boolean)).toEqual(["requests-availability", "requests-latency"]);
  });
});
