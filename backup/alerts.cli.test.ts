import { readFileSync } from "node:fs";
import path from "node:path";
import { run } from "../local/lib/run.ts";
import { metricsOf } from "./metrics.ts";
import { aCatalogue, anEntry } from "./testing/entries.ts";

const alerts = path.join(__dirname, "../assets/alerts");
const promtool = (args: readonly string[], input?: string) =>
  run("promtool", args, { cwd: alerts, ...(input && { input }) });

const entries = [anEntry(1), anEntry(2), anEntry(3, { status: "bad" })];
const lastRun = { finishedAt: new Date(), seconds: 60, exitCode: 0 };
const metrics = metricsOf(aCatalogue(entries), { site: "prod", lastRun }, new Date());

describe.each(["backups", "archive"])("%s", (file) => {
  test("the rules are valid", async () => {
    expect(await promtool(["check", "rules", `${file}.yaml`])).toMatch(/SUCCESS: \d+ rules found/);
  });

  test("each rule fires when it must and only then", async () => {
    expect(await promtool(["test", "rules", `${file}.test.yaml`])).toContain("SUCCESS");
  });

  test("each rule has a test", () => {
    const tests = readFileSync(path.join(alerts, `${file}.test.yaml`), "utf8");
    const names = [...readFileSync(path.join(alerts, `${file}.yaml`), "utf8").matchAll(/alert: (\w+)/g)].map(
      ([, name]) => name!,
    );
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) expect(tests).toMatch(new RegExp(`alertname: ${name}\\n\\s+exp_alerts:\\n`));
  });
});

test("the metrics are as Prometheus wants them", async () => {
  expect(await promtool(["check", "metrics"], metrics)).toBe("");
});

test("the rules ask for metrics that there are", () => {
  const asked = readFileSync(path.join(alerts, "backups.yaml"), "utf8").match(/\bacci_backup_\w+/g)!;
  for (const name of new Set(asked)) expect(metrics).toContain(`# TYPE ${name} gauge\n`);
});
