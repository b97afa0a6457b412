import { SITE } from "./selectors.ts";
import { type Dashboard, query } from "./spec.ts";

export const budget: Dashboard = {
  name: "budget",
  title: "ACCI / Error budgets",
  description:
    "The objectives of a site, what is left of their error budgets, and how fast they are spent. The names are Sloth's.",
  rows: [
    {
      title: "Budgets",
      panels: [
        {
          title: "Left in the window",
          description: "Part of each budget that is left. Below zero the objective is missed.",
          unit: "percentunit",
          kind: "stat",
          lowIsBad: true,
          thresholds: [0.25, 0],
          width: 12,
          queries: [query(`slo:period_error_budget_remaining:ratio{${SITE}}`, "{{sloth_slo}}")],
          alert: "AcciAvailabilityBudgetBurning",
        },
        {
          title: "Objective",
          description: "Part of events that must be good, from acci:slo.",
          unit: "percentunit",
          kind: "stat",
          width: 6,
          queries: [query(`slo:objective:ratio{${SITE}}`, "{{sloth_slo}}")],
        },
        {
          title: "Window",
          description: "Days over which events are counted.",
          unit: "d",
          kind: "stat",
          width: 6,
          queries: [query(`max(slo:time_period:days{${SITE}})`, "window")],
        },
        {
          title: "Budget over time",
          description: "A step down is an outage, a slope a constant rate of errors.",
          unit: "percentunit",
          width: 12,
          queries: [query(`slo:period_error_budget_remaining:ratio{${SITE}}`, "{{sloth_slo}}")],
          alert: "AcciAvailabilityBudgetBurning",
        },
        {
          title: "Burn rate",
          description: "1 spends the budget evenly over the window. Over an hour and five minutes, 14.4 pages.",
          unit: "short",
          width: 12,
          queries: [query(`slo:current_burn_rate:ratio{${SITE}}`, "{{sloth_slo}}")],
          thresholds: [6, 14.4],
          alert: "AcciAvailabilityBudgetBurning",
        },
      ],
    },
    {
      title: "Bad events",
      panels: [
        {
          title: "Bad part, five minutes",
          description: "Part of events that was bad; empty while there are no events.",
          unit: "percentunit",
          queries: [query(`slo:sli_error:ratio_rate5m{${SITE}}`, "{{sloth_slo}}")],
        },
        {
          title: "Bad part, an hour",
          description: "The longer window of the alert that pages first.",
          unit: "percentunit",
          queries: [query(`slo:sli_error:ratio_rate1h{${SITE}}`, "{{sloth_slo}}")],
        },
        {
          title: "Bad part, three days",
          description: "The longer window of the alert that makes a ticket last.",
          unit: "percentunit",
          queries: [query(`slo:sli_error:ratio_rate3d{${SITE}}`, "{{sloth_slo}}")],
        },
        {
          title: "Bad requests in an hour",
          description: "Below acci:slo.minimumErrors no alert fires.",
          unit: "short",
          queries: [query(`slo:sli_bad_events:increase1h{${SITE}}`, "{{sloth_slo}}")],
        },
        {
          title: "Bad requests in a day",
          description: "Bad requests, by objective.",
          unit: "short",
          queries: [query(`slo:sli_bad_events:increase1d{${SITE}}`, "{{sloth_slo}}")],
        },
        {
          title: "Newest dump too old",
          description: "1 while a recovery would lose more than acci:slo.dumpAge.hours.",
          unit: "short",
          queries: [query(`acci_site:dump_too_old:bool{${SITE}}`, "too old")],
          alert: "AcciDumpAgeBudgetBurning",
        },
      ],
    },
  ],
};
