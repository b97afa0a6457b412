import { readFileSync } from "node:fs";
import path from "node:path";
import { project } from "../../tooling/paths.ts";
import { alertRules } from "../alert-rules.ts";
import { everyAlert } from "./testing/alerting.ts";
import { LOWERED, PROVOKED } from "./testing/provoked.ts";

const names = (way: string) => Object.keys(PROVOKED).filter((name) => PROVOKED[name] === way);
const read = (file: string) => readFileSync(path.join(project, file), "utf8");

test("every alert that the stack can bring is listed with the way in which it was seen to fire", () => {
  const all = new Set(everyAlert().map((alert) => alert.split(" ")[0]));
  expect(Object.keys(PROVOKED).sort()).toEqual([...all].sort());
});

test("those of the cluster are provoked there", () => {
  const source = read("test/cluster/dev/alerts.test.ts");
  expect(names("cluster").filter((name) => !source.includes(`"${name}"`))).toEqual([]);
});

test("few are left to promtool alone", () => {
  const listed = Object.keys(PROVOKED).length;
  expect(listed - names("cluster").length - names("servers").length).toBeLessThan(listed / 8);
});

test("a lowered threshold is one that the rule has", () => {
  const rules = Object.values(alertRules(path.join(project, "assets/alerts"))).flatMap(
    ({ groups }) => groups as { rules: { alert?: string; expr: string }[] }[],
  );
  for (const [name, changes] of Object.entries(LOWERED)) {
    const expressions = rules.flatMap((group) => group.rules).filter(({ alert }) => alert === name);
    expect(expressions.length).toBeGreaterThan(0);
    for (const { expr } of expressions) for (const [threshold] of changes) expect(expr).toMatch(threshold);
  }
});
