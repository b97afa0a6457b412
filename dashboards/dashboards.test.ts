import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alertRules } from "../components/alert-rules.ts";
import { dashboardsIn } from "../components/observability/dashboards.ts";
import { project } from "../tooling/paths.ts";
import { dashboards } from "./all.ts";
import { build } from "./build.ts";
import { runbookOf } from "./runbooks.ts";
import { parse } from "./testing/promql.ts";
import { knownMetrics } from "./testing/known-metrics.ts";

const FOLDER = join(project, "assets", "dashboards");
const panels = dashboards.flatMap(({ name, rows }) =>
  rows.flatMap((row) => row.panels.map((panel) => ({ ...panel, where: `${name}: ${panel.title}` }))),
);
const queries = panels.flatMap(({ queries, where }) => queries.map(({ expr }) => ({ where, expr })));

test.each(dashboards)("$name is the dashboard that was reviewed", (dashboard) => {
  const file = join(FOLDER, `${dashboard.name}.json`);
  const built = `${JSON.stringify(build(dashboard, runbookOf), null, 2)}\n`;
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, built);
  expect(readFileSync(file, "utf8")).toBe(built);
});

test("no file is left of a dashboard that is gone", () => {
  expect(Object.keys(dashboardsIn(FOLDER))).toEqual(dashboards.map(({ name }) => name).sort());
});

test("every query is PromQL", () => {
  expect(queries.length).toBeGreaterThan(80);
  expect(queries.filter(({ expr }) => parse(expr).errors.length > 0)).toEqual([]);
});

test("the parser sees what is no PromQL", () => {
  expect(parse("sum(rate(x[5m]))").errors).toEqual([]);
  for (const wrong of ["sum(rate(x[5m])", "rate(x[5])) ", "sum by namespace (x)", 'x{a=b"}'])
    expect(parse(wrong).errors).not.toEqual([]);
});

test("every metric is one that something exports or records", () => {
  const known = knownMetrics();
  const unknown = queries.flatMap(({ expr, where }) =>
    parse(expr)
      .metrics.filter((name) => !known.has(name))
      .map((name) => `${where}: ${name}`),
  );
  expect(unknown).toEqual([]);
  expect(parse("sum(http_request_total) / up").metrics).toEqual(["http_request_total", "up"]);
});

test("and so is every metric that an alert asks for", () => {
  const known = knownMetrics();
  const rules = Object.values(alertRules(join(project, "assets", "alerts"))).flatMap(({ groups }) =>
    (groups as { rules: { alert: string; expr: string }[] }[]).flatMap((group) => group.rules),
  );
  const unknown = rules.flatMap(({ alert, expr }) =>
    parse(expr).metrics.flatMap((name) => (known.has(name) ? [] : `${alert}: ${name}`)),
  );
  expect(rules.length).toBeGreaterThan(60);
  expect(unknown).toEqual([]);
});

test("every query asks for the chosen site alone", () => {
  expect(queries.filter(({ expr }) => !expr.includes('namespace="$namespace"'))).toEqual([]);
});

test("every panel says what it shows, in which unit, and leads to a section of a runbook where there is an alert", () => {
  const incomplete = panels.filter(({ description, unit }) => !/^\S.{15,}\.$/.test(description) || unit === "");
  expect(incomplete.map(({ where }) => where)).toEqual([]);
  expect(new Set(panels.map(({ where }) => where)).size).toBe(panels.length);
  // Throws for an alert that there is not.
  for (const { alert } of panels) if (alert) expect(runbookOf(alert)).toMatch(/^https:\/\//);
});

test("the histogram of latencies leads to traces", () => {
  const built = JSON.stringify(build(dashboards[0]!, runbookOf));
  expect(built).toMatch(/"exemplar":true/);
  expect(built).toContain('"uid":"${datasource}"');
});
