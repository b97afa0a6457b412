/** @needs helm */
import { unifiedDiff } from "./chart-diff.ts";
import { compare, goldenNow, releaseOf } from "./golden.ts";
import { differences, flatten } from "./mask.ts";
import { render } from "./render.ts";
import path from "node:path";
import { project } from "../tooling/paths.ts";

const chart = path.join(project, "helm");

const resource = (id: string, inputs: Record<string, unknown>) => ({ id, inputs });

test("two golden files differ by what was added, removed and changed", () => {
  const old = [resource("t same", { a: 1 }), resource("t gone", {}), resource("t x", { a: { b: 1 }, c: 1 })];
  const now = [resource("t same", { a: 1 }), resource("t new", {}), resource("t x", { a: { b: 2 }, d: 1 })];
  expect(compare(old, now)).toEqual([
    { op: "delete", type: "t", name: "gone", details: [] },
    { op: "create", type: "t", name: "new", details: [] },
    { op: "update", type: "t", name: "x", details: ["~ a.b: 1 → 2", "- c: 1", "+ d: 1"] },
  ]);
});

test("secrets are masked by their mark, their name, or as a login in a URL", () => {
  const mark = { "4dabf18193072939515e22adb298388d": "x", value: "hunter2" };
  expect([...flatten({ a: mark, dbPassword: "hunter2", url: "redis://u:hunter2@h", b: ["c"] })]).toEqual([
    ["a", "[secret]"],
    ["dbPassword", "[secret]"],
    ["url", '"redis://u:[secret]@h"'],
    ["b.0", '"c"'],
  ]);
  expect(differences(undefined, { a: null })).toEqual(["+ a: null"]);
});

test.each(["dev", "prod", "dr"])("the chart of %s renders from its golden file", (stack) => {
  expect(releaseOf(goldenNow(stack))).toBeDefined();
  expect(render(goldenNow(stack), chart)).toContain("kind: Deployment");
  expect(render([], chart)).toBe("");
});

test("a diff of charts is empty, or has no names of temporary files", () => {
  expect(unifiedDiff("a: 1\n", "a: 1\n")).toBe("");
  expect(unifiedDiff("a: 1\nb: 1\n", "a: 1\nb: 2\n")).toBe("@@ -1,2 +1,2 @@\n a: 1\n-b: 1\n+b: 2\n");
});
