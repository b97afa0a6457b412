import {
  ALERT_WINDOWS,
  type AlertWindow,
  budgetOf,
  burnRate,
  rounded,
  type Window,
  windows,
} from "../../config/burn-rates.ts";
import type { Rules } from "../alert-rules.ts";
import { type Objective, objectivesOf, type SloArgs } from "./objectives.ts";

const RUNBOOKS = "https://github.com/broccode/acci-framework/blob/main/docs/runbooks/alerts-slo.md";
const SEVERITY = { page: "critical", ticket: "warning" } as const;

/** Labels by which Sloth's dashboards find an objective. */
const identityOf = (namespace: string, name: string) => ({
  namespace,
  sloth_id: `${namespace}-${name}`,
  sloth_service: namespace,
  sloth_slo: name,
});
type Identity = ReturnType<typeof identityOf>;

/**
 * Recording rules and alerts of a site's objectives, with Sloth's names and labels. Unlike Sloth's own, a long window adds up the events of
 * the whole window: the average of ratios that Sloth takes gives a quiet hour the weight of a busy one.
 */
export function sloRules(namespace: string, slo: SloArgs): Rules {
  const groups = objectivesOf(namespace, slo).flatMap((objective) => {
    const identity = identityOf(namespace, objective.name);
    const suffix = identity.sloth_id;
    return [
      {
        name: `sloth-slo-sli-recordings-${suffix}`,
        interval: `${INTERVAL_SECONDS}s`,
        rules: sliRecords(objective, identity, slo),
      },
      { name: `sloth-slo-meta-recordings-${suffix}`, rules: metadata(objective, identity, slo) },
      { name: `sloth-slo-alerts-${suffix}`, rules: alerts(objective, identity, slo) },
    ];
  });
  return { groups };
}

/** Ranges over which Prometheus reads the application's own series; beyond, there may be too many samples of too many pods. */
const SHORT: readonly Window[] = ["5m", "30m", "1h", "2h", "6h"];
/** Of this group: one sample of a rate stands for the events of so many seconds. */
const INTERVAL_SECONDS = 60;

function sliRecords({ all, bad, badCount, records = [] }: Objective, identity: Identity, { windowDays }: SloArgs) {
  const selector = selectorOf(identity);
  const summed = (what: "bad" | "all", range: string) => `sum_over_time(slo:sli_${what}:rate5m${selector}[${range}])`;
  // No events, no ratio: a site without requests spends nothing.
  const short = (range: string) => `${bad(range)} / (${all(range)} > 0)`;
  const long = (range: string) => `${summed("bad", range)} / (${summed("all", range)} > 0)`;
  const isShort = (range: Window) => SHORT.includes(range);
  const record = (name: string, expr: string, window: string) => ({
    record: name,
    expr,
    labels: { ...identity, sloth_window: window },
  });
  return [
    ...records,
    { record: "slo:sli_bad:rate5m", expr: bad("5m"), labels: identity },
    { record: "slo:sli_all:rate5m", expr: all("5m"), labels: identity },
    ...windows.map((range) =>
      record(`slo:sli_error:ratio_rate${range}`, isShort(range) ? short(range) : long(range), range),
    ),
    record(`slo:sli_error:ratio_rate${windowDays}d`, long(`${windowDays}d`), `${windowDays}d`),
    ...(badCount ? LONGER : []).map((range) =>
      record(
        `slo:sli_bad_events:increase${range}`,
        isShort(range) ? badCount!(range) : `${summed("bad", range)} * ${INTERVAL_SECONDS}`,
        range,
      ),
    ),
  ];
}

/** Longer windows of the alerts, which have a floor of bad events. */
const LONGER = [...new Set(Object.values(ALERT_WINDOWS).flatMap((pairs) => pairs.map(({ long }): Window => long)))];

function metadata({ objective }: Objective, identity: Identity, { windowDays }: SloArgs) {
  const selector = selectorOf(identity);
  const record = (name: string, expr: string, labels: Readonly<Record<string, string>> = {}) => ({
    record: name,
    expr,
    labels: { ...identity, ...labels },
  });
  const against = (ratio: string) =>
    `${ratio}${selector} / on (sloth_id, sloth_slo, sloth_service) group_left () slo:error_budget:ratio${selector}`;
  return [
    record("slo:objective:ratio", `vector(${rounded(objective / 100)})`),
    record("slo:error_budget:ratio", `vector(${budgetOf(objective)})`),
    record("slo:time_period:days", `vector(${windowDays})`),
    record("slo:current_burn_rate:ratio", against("slo:sli_error:ratio_rate5m")),
    record("slo:period_burn_rate:ratio", against(`slo:sli_error:ratio_rate${windowDays}d`)),
    record("slo:period_error_budget_remaining:ratio", `1 - slo:period_burn_rate:ratio${selector}`),
    record("sloth_slo_info", "vector(1)", {
      sloth_mode: "acci",
      sloth_objective: String(objective),
      sloth_spec: "prometheus/v1",
      sloth_version: "acci",
    }),
  ];
}

function alerts(of: Objective, identity: Identity, slo: SloArgs) {
  return (["page", "ticket"] as const).map((severity) => ({
    alert: of.alert,
    expr: ALERT_WINDOWS[severity].map((window) => `(${burning(of, window, identity, slo)})`).join(" or "),
    labels: { severity: SEVERITY[severity], sloth_severity: severity },
    annotations: {
      title: `(${severity}) {{ $labels.sloth_service }} {{ $labels.sloth_slo }} SLO error budget burn rate is too fast.`,
      summary: `The error budget of {{ $labels.namespace }} is spent too fast: {{ $value | humanizePercentage }} of events are bad.`,
      description: `The objective is that ${of.promise}, over ${slo.windowDays} days.`,
      runbook_url: `${RUNBOOKS}#${of.alert.toLowerCase()}`,
    },
  }));
}

function burning(of: Objective, window: AlertWindow, identity: Identity, { minimumErrors, windowDays }: SloArgs) {
  const selector = selectorOf(identity);
  const threshold = `(${burnRate(window, windowDays)} * ${budgetOf(of.objective)})`;
  const over = (range: string) =>
    `max(slo:sli_error:ratio_rate${range}${selector} > ${threshold}) without (sloth_window)`;
  const floor = `max(slo:sli_bad_events:increase${window.long}${selector} >= ${minimumErrors}) without (sloth_window)`;
  return [over(window.short), over(window.long), ...(of.badCount && minimumErrors > 0 ? [floor] : [])].join(" and ");
}

const selectorOf = ({ sloth_id, sloth_service, sloth_slo }: Identity) =>
  `{sloth_id="${sloth_id}", sloth_service="${sloth_service}", sloth_slo="${sloth_slo}"}`;
