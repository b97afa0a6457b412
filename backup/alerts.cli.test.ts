import { readFileSync } from "node:fs";
import path from "node:path";
import { run } from "../local/lib/run.ts";
import { blindness, metricsOf } from "./metrics.ts";
import { aCatalogue, anEntry } from "./testing/entries.ts";

const alerts = path.join(__dirname, "../assets/alerts");
const promtool = (args: readonly string[], input?: string) =>
  run("promtool", args, { cwd: alerts, ...(input && { input }) });

const entries = [anEntry(1), anEntry(2), anEntry(3, { status: "bad" })];
const lastRun = { finishedAt: new Date().toISOString(), seconds: 60, exitCode: 0 };
const lastCopy = { ...lastRun, held: { verified: 2, snapshotAt: entries[1]!.snapshotAt } };
const known = { site: "prod", lastRun, offsite: { lastCopy } };
const metrics = metricsOf(aCatalogue(entries), known, new Date()) + blindness("prod", 0);

test("the rules are valid", async () => {
  expect(await promtool(["check", "rules", "backups.yaml"])).toMatch(/SUCCESS: \d+ rules found/);
});

test("each rule fires when it must and only then", async () => {
  expect(await promtool(["test", "rules", "backups.test.yaml"])).toContain("SUCCESS");
});

test("each rule has a test", () => {
  const tests = readFileSync(path.join(alerts, "backups.test.yaml"), "utf8");
  const names = [...readFileSync(path.join(alerts, "backups.yaml"), "utf8").matchAll(/alert: (\w+)/g)].map(
    ([, name]) => name!,
  );
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) expect(tests).toMatch(new RegExp(`alertname: ${name}\\n\\s+exp_alerts:\\n`));
});

test("the metrics are as Prometheus wants them", async () => {
  expect(await promtool(["check", "metrics"], metrics)).toBe("");
});

test("the rules ask for metrics that there are", () => {
  const asked = readFileSync(path.join(alerts, "backups.yaml"), "utf8").match(/\bacci_backup_\w+/g)!;
  for (const name of new Set(asked)) expect(metrics).toContain(`# TYPE ${name} gauge\n`);
});
