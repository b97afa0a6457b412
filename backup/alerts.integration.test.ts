import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { run } from "../tooling/run.ts";
import { scrapeFailures, metricsOf } from "./metrics.ts";
import { aCatalogue, anEntry } from "./testing/entries.ts";

const alerts = path.join(import.meta.dirname, "../assets/alerts");
const read = (file: string) => readFileSync(path.join(alerts, file), "utf8");
const promtool = (args: readonly string[], input?: string) =>
  run("promtool", args, { cwd: alerts, ...(input && { input }) });

const entries = [anEntry(1), anEntry(2), anEntry(3, { status: "bad" })];
const lastRun = { finishedAt: new Date().toISOString(), seconds: 60, exitCode: 0 };
const lastCopy = { ...lastRun, held: { verified: 2, snapshotAt: entries[1]!.snapshotAt } };
const known = { site: "prod", lastRun, offsite: { lastCopy } };
const metrics = metricsOf(aCatalogue(entries), known, new Date()) + scrapeFailures("prod", 0);

const files = readdirSync(alerts).filter((file) => !file.endsWith(".test.yaml"));

describe.each(files)("the rules of %s", (file) => {
  const tests = file.replace(".yaml", ".test.yaml");

  test("are valid", async () => {
    expect(await promtool(["check", "rules", file])).toMatch(/SUCCESS: [1-9]\d* rules found/);
  });

  test("fire when they must and only then", async () => {
    expect(existsSync(path.join(alerts, tests))).toBe(true);
    expect(await promtool(["test", "rules", tests])).toContain("SUCCESS");
  });

  test("have a test each", () => {
    const names = [...read(file).matchAll(/alert: (\w+)/g)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(read(tests)).toMatch(new RegExp(`alertname: ${name}\\n\\s+exp_alerts:\\n`));
  });
});

test("the metrics are as Prometheus wants them", async () => {
  expect(await promtool(["check", "metrics"], metrics)).toBe("");
});

test("the rules ask for metrics that there are", () => {
  const asked = read("backups.yaml").match(/\bacci_backup_\w+/g)!;
  for (const name of new Set(asked)) expect(metrics).toContain(`# TYPE ${name} gauge\n`);
});
