import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { run } from "../../tooling/run.ts";
import { sloRules } from "./slo-rules.ts";
import { SLO } from "./testing/objectives.ts";

const SITE = "acci-prod";
interface Series {
  readonly series: string;
  /** In promtool's notation, a value a minute. */
  readonly values: string;
}
interface Check {
  readonly at: string;
  readonly expr: string;
  readonly samples: readonly { readonly labels: string; readonly value: number }[];
}

const scratch = mkdtempSync(path.join(os.tmpdir(), "acci-slo-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Runs promtool on the rules of some objectives; their group is evaluated every so often. */
async function promtool(
  name: string,
  only: RegExp,
  every: string,
  series: readonly Series[],
  checks: readonly Check[],
) {
  const groups = (sloRules(SITE, SLO).groups as { name: string; interval?: string }[])
    .filter((group) => only.test(group.name))
    .map((group) => ({ ...group, interval: every }));
  // JSON is valid YAML.
  writeFileSync(path.join(scratch, `${name}.rules.yaml`), JSON.stringify({ groups }));
  const tests = {
    rule_files: [`${name}.rules.yaml`],
    evaluation_interval: every,
    tests: [
      {
        interval: "1m",
        input_series: series,
        promql_expr_test: checks.map(({ at, expr, samples }) => ({ eval_time: at, expr, exp_samples: samples })),
      },
    ],
  };
  writeFileSync(path.join(scratch, `${name}.test.yaml`), JSON.stringify(tests));
  return run("promtool", ["test", "rules", `${name}.test.yaml`], { cwd: scratch });
}

const of = `job="acci-framework",namespace="${SITE}"`;
const requests = (status: string, values: string): Series => ({
  series: `http_requests_total{${of},status="${status}"}`,
  values,
});
const FIRING = 'count by (alertname, sloth_severity) (ALERTS{alertstate="firing"})';
const firing = (alertname: string, ...severities: string[]) =>
  severities.map((severity) => ({ labels: `{alertname="${alertname}", sloth_severity="${severity}"}`, value: 1 }));
/** 1 when the budget left is as computed, but for what Prometheus extrapolates at the ends of the window. */
const left = (expected: number) =>
  `max(abs(slo:period_error_budget_remaining:ratio - ${expected})) < bool ${Math.max(0.002, Math.abs(expected) * 0.005)}`;
const YES = [{ labels: "{}", value: 1 }];

test("the rules are valid", async () => {
  const file = path.join(scratch, "all.yaml");
  writeFileSync(file, JSON.stringify(sloRules(SITE, SLO)));
  expect(await run("promtool", ["check", "rules", file])).toMatch(/SUCCESS: [1-9]\d* rules found/);
});

test("a month counts events: a quiet night that fails weighs as little as it has requests", async () => {
  // 15 days of 60 requests a minute without an error, then 15 days of 1 request a minute that all fail.
  const half = 15 * 1440;
  const [ok, failed] = [60 * half, half];
  const remaining = 1 - failed / (ok + failed) / 0.001;
  expect(remaining).toBeLessThan(-15);
  // The average of ratios, as Sloth takes it by default, would be 50 % of bad events.
  const output = await promtool(
    "month",
    /availability/,
    "30m",
    [requests("200", `0+60x${half} ${60 * half}x${half}`), requests("503", `0x${half} 1+1x${half}`)],
    [{ at: "30d", expr: left(remaining), samples: YES }],
  );
  expect(output).toContain("SUCCESS");
});

test("an outage pages within minutes and ends with it; the budget keeps what it cost", async () => {
  // 100 requests a minute; from the second day on 20 minutes of failures alone.
  const [day, outage] = [1440, 20];
  const output = await promtool(
    "outage",
    /availability/,
    "1m",
    [
      requests("200", `0+100x${day} ${100 * day}x${outage} ${100 * day}+100x${day}`),
      requests("500", `0x${day} 0+100x${outage} ${100 * outage}x${day}`),
    ],
    [
      { at: "24h", expr: FIRING, samples: [] },
      { at: "24h10m", expr: FIRING, samples: firing("AcciAvailabilityBudgetBurning", "page", "ticket") },
      // Over the six hours before, and half an hour: no longer a page, still a ticket.
      { at: "25h", expr: FIRING, samples: firing("AcciAvailabilityBudgetBurning", "ticket") },
      { at: "47h", expr: left(1 - (100 * outage) / (100 * 47 * 60) / 0.001), samples: YES },
    ],
  );
  expect(output).toContain("SUCCESS");
});

test("a slow burn makes a ticket and no page", async () => {
  // 0.4 % of 500 requests a minute: four times the budget.
  const output = await promtool(
    "slow",
    /availability/,
    "5m",
    [requests("200", "0+498x4400"), requests("500", "0+2x4400")],
    [
      { at: "3d", expr: FIRING, samples: firing("AcciAvailabilityBudgetBurning", "ticket") },
      { at: "3d", expr: left(-3), samples: YES },
    ],
  );
  expect(output).toContain("SUCCESS");
});

test("in a quiet hour a few failed requests fire nothing, and without requests nothing is spent", async () => {
  // A request a minute, of which three in a row fail; then none at all.
  const output = await promtool(
    "quiet",
    /availability/,
    "1m",
    [requests("200", "0+1x300 301x600"), requests("500", "0x100 1 2 3x800")],
    [
      { at: "103m", expr: "max(slo:sli_error:ratio_rate5m) > bool 0.1", samples: YES },
      { at: "103m", expr: FIRING, samples: [] },
      { at: "110m", expr: FIRING, samples: [] },
      { at: "10h", expr: "slo:sli_error:ratio_rate5m", samples: [] },
      { at: "10h", expr: FIRING, samples: [] },
    ],
  );
  expect(output).toContain("SUCCESS");
});

test("slow requests spend the budget of latency, and fast ones do not", async () => {
  const histogram = (le: string, values: string): Series => ({
    series: `http_request_duration_seconds_bucket{${of},le="${le}"}`,
    values,
  });
  // 100 requests a minute, from two hours on 30 of them slower than the threshold.
  const output = await promtool(
    "latency",
    /latency/,
    "1m",
    [
      histogram("0.5", "0+100x120 12000+70x120"),
      histogram("+Inf", "0+100x240"),
      { series: `http_request_duration_seconds_count{${of}}`, values: "0+100x240" },
    ],
    [
      { at: "2h", expr: FIRING, samples: [] },
      { at: "2h", expr: left(1), samples: YES },
      { at: "3h50m", expr: FIRING, samples: firing("AcciLatencyBudgetBurning", "page", "ticket") },
    ],
  );
  expect(output).toContain("SUCCESS");
});

test("minutes with too old a dump spend the budget of dumps, and so do those without any for as long", async () => {
  const backup = (name: string, labels: string, values: string): Series => ({
    series: `acci_backup_${name}{namespace="${SITE}",site="${SITE}"${labels}}`,
    values,
  });
  const old = [
    backup("last_verified_timestamp_seconds", "", "0x2000"),
    backup("entries", ',status="verified"', "3x2000"),
  ];
  const output = await promtool("old", /dump-age/, "1m", old, [
    { at: "26h", expr: FIRING, samples: [] },
    { at: "27h", expr: FIRING, samples: firing("AcciDumpAgeBudgetBurning", "page", "ticket") },
  ]);
  expect(output).toContain("SUCCESS");
  const none = [backup("entries", ',status="verified"', "0x2000")];
  const silent = await promtool("none", /dump-age/, "1m", none, [
    // A new site has its first dump ahead.
    { at: "25h", expr: "acci_site:dump_too_old:bool", samples: [] },
    { at: "27h", expr: FIRING, samples: firing("AcciDumpAgeBudgetBurning", "page", "ticket") },
  ]);
  expect(silent).toContain("SUCCESS");
});
