import { RELEASES } from "../../backup/contract/rollout.ts";
import type { Window } from "../../config/burn-rates.ts";

/** An objective of a site: bad events must stay a small part of all events. */
export interface Objective {
  /** Name within the service, Sloth's `sloth_slo`. */
  readonly name: string;
  /** Alert on its budget. */
  readonly alert: string;
  /** Percentage of events that must be good. */
  readonly objective: number;
  /** What it promises, for a person. */
  readonly promise: string;
  /** Bad events, and all events, as rates or sums over a range: the one divided by the other is the part that was bad. */
  readonly bad: (range: string) => string;
  readonly all: (range: string) => string;
  /** Number of bad events over a range, for the floor of the alerts. @default - no floor */
  readonly badCount?: (range: Window) => string;
  /** Rules that the expressions need. @default - none */
  readonly records?: readonly object[];
}

export interface SloArgs {
  readonly windowDays: number;
  readonly availability: number;
  readonly latency: { readonly objective: number; readonly thresholdSeconds: number };
  /** @default - the site makes no dumps */
  readonly dumpAge?: { readonly objective: number; readonly hours: number } | undefined;
  readonly minimumErrors: number;
  /** Whether there may be a canary, whose requests are users' as well. @default false */
  readonly canary?: boolean | undefined;
}

const jobOf = ({ canary }: Pick<SloArgs, "canary">) =>
  canary ? `job=~"${Object.values(RELEASES).join("|")}"` : `job="${RELEASES.stable}"`;

export function objectivesOf(namespace: string, slo: SloArgs): Objective[] {
  const of = `${jobOf(slo)},namespace="${namespace}"`;
  return [
    availability(of, slo.availability),
    latency(of, slo.latency),
    ...(slo.dumpAge ? [dumpAge(namespace, slo.dumpAge)] : []),
  ];
}

function availability(of: string, objective: number): Objective {
  const failed = `http_requests_total{${of},status=~"5.."}`;
  return {
    name: "requests-availability",
    alert: "AcciAvailabilityBudgetBurning",
    objective,
    promise: `${objective} % of requests are not answered with 5xx`,
    // Without a failed request there may be no series of one.
    bad: (range) => `(sum(rate(${failed}[${range}])) or vector(0))`,
    all: (range) => `sum(rate(http_requests_total{${of}}[${range}]))`,
    badCount: (range) => `sum(increase(${failed}[${range}]))`,
  };
}

function latency(of: string, { objective, thresholdSeconds }: SloArgs["latency"]): Objective {
  // Prometheus 3 and OpenMetrics write 1 as 1.0.
  const le = Number.isInteger(thresholdSeconds) ? `le=~"${thresholdSeconds}(\\\\.0)?"` : `le="${thresholdSeconds}"`;
  const all = (f: string, range: string) => `sum(${f}(http_request_duration_seconds_count{${of}}[${range}]))`;
  const soon = (f: string, range: string) => `sum(${f}(http_request_duration_seconds_bucket{${of},${le}}[${range}]))`;
  // Prometheus extrapolates each series by itself, so that the difference may be a little below zero.
  const late = (f: string, range: string) => `clamp_min(${all(f, range)} - ${soon(f, range)}, 0)`;
  return {
    name: "requests-latency",
    alert: "AcciLatencyBudgetBurning",
    objective,
    promise: `${objective} % of requests are answered within ${thresholdSeconds} s`,
    bad: (range) => late("rate", range),
    all: (range) => all("rate", range),
    badCount: (range) => late("increase", range),
  };
}

/** Events are the minutes: this one's budget is the time in which a recovery would lose too much. */
function dumpAge(namespace: string, { hours, objective }: NonNullable<SloArgs["dumpAge"]>): Objective {
  const of = `{namespace="${namespace}"`;
  const record = "acci_site:dump_too_old:bool";
  const verified = `acci_backup_entries${of},status="verified"}`;
  return {
    name: "dump-age",
    alert: "AcciDumpAgeBudgetBurning",
    objective,
    promise: `the newest verified dump is at most ${hours} h old in ${objective} % of minutes`,
    records: [
      {
        record,
        // Without any verified dump it is too old as well, once the agent has seen none for as long: a new site has its first dump ahead.
        expr:
          `max(time() - acci_backup_last_verified_timestamp_seconds${of}} > bool ${hours * 3600})` +
          ` or max(max_over_time(${verified}[${hours}h]) == bool 0) and on () ${verified} offset ${hours}h`,
        labels: { namespace },
      },
    ],
    bad: (range) => `sum(sum_over_time(${record}${of}}[${range}]))`,
    all: (range) => `sum(count_over_time(${record}${of}}[${range}]))`,
  };
}
