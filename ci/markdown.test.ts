import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEvents, reportOf } from "./events.ts";
import { LIMIT, markdown } from "./markdown.ts";
import type { Report } from "./report.ts";

const events = parseEvents(readFileSync(join(import.meta.dirname, "testing", "preview.jsonl"), "utf8"));
const report = reportOf("dev", events, "@@ -1 +1 @@\n-replicas: 2\n+replicas: 3\n");

test("a recorded preview becomes a report", () => {
  expect(markdown(report)).toBe(readFileSync(join(import.meta.dirname, "testing", "preview.md"), "utf8"));
});

test("no secret of the preview is in it", () => {
  expect(JSON.stringify(events)).toContain("hunter2");
  expect(markdown(report)).not.toContain("hunter2");
  expect(markdown(report)).toContain("postgres://acci:[secret]@db/acci");
});

test("a line that a killed engine did not finish is left out", () => {
  expect(parseEvents('{"policyEvent":{}}\n{"policyEv')).toHaveLength(1);
});

const empty: Report = {
  stack: "prod",
  source: "offline",
  changes: [],
  violations: [],
  waivers: [],
  errors: [],
  warnings: [],
  chartDiff: "",
};

test.each<[string, Partial<Report>, string]>([
  ["nothing", {}, "no change"],
  ["a chart alone", { chartDiff: "+a" }, "only the chart changes"],
  ["an error", { errors: ["boom\n  at x.js"] }, "the preview failed"],
  ["a warning", { violations: [{ rule: "r", level: "advisory", message: "m" }] }, "no change"],
  [
    "a violation",
    { violations: [{ rule: "r", level: "mandatory", message: "m" }] },
    "refused by 1 violation of policy",
  ],
])("the title says what %s means", (_, over, title) =>
  expect(markdown({ ...empty, ...over })).toContain(`### Stack prod: ${title}\n`),
);

test("what the program warns of is in the report, and what the engine warns of is not", () => {
  const of = (message: string) => ({ diagnosticEvent: { severity: "warning", message } });
  const held = "acci:image.version: must wait while an error budget of acci-prod is spent, got 1.2.3";
  const { warnings } = reportOf(
    "prod",
    [of(`<{%reset%}>${held}<{%reset%}>\n`), of("a new version of Pulumi is there")],
    "",
  );
  expect(warnings).toEqual([held]);
  expect(markdown({ ...empty, warnings })).toContain(`> ⚠️ \`${held}\``);
});

describe("a report that is too long for a comment", () => {
  const chartDiff = Array.from({ length: 20_000 }, (_, i) => `+line ${i} é`).join("\n");
  const details = Array.from({ length: 5_000 }, (_, i) => `+ spec.${i}: 1`);
  const changes = [{ op: "update", type: "t", name: "n", details }];
  const long = markdown({ ...empty, chartDiff, changes });

  test("fits, by whole lines, and says what is missing", () => {
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(LIMIT);
    expect(Buffer.byteLength(long)).toBeGreaterThan(LIMIT * 0.9);
    expect(long.match(/… \d+ more lines; run `node ci\/preview.ts <stack>` to see all/g)).toHaveLength(2);
    expect(long.trimEnd().endsWith("</details>")).toBe(true);
    expect(long.split("~~~~~~~~")).toHaveLength(5);
  });

  test("does not get longer by the number of its resources", () => {
    const many = Array.from({ length: 3_000 }, (_, i) => ({ op: "create", type: "t", name: `n${i}`, details: [] }));
    const waivers = [{ rule: "r", subject: "s", reason: "because" }];
    const text = markdown({ ...empty, changes: many, chartDiff, waivers });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LIMIT);
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)!.length);
    expect(text.match(/because/g)).toHaveLength(1);
  });
});

test("what a program says cannot leave its place", () => {
  const text = markdown({ ...empty, errors: ["a `b` | c\n# d"], chartDiff: "```\n</details>" });
  expect(text).toContain("> ❌ `a 'b' \\| c # d`");
  expect(text).toContain("~~~~~~~~diff\n```\n</details>\n~~~~~~~~");
});
