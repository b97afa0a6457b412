import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { bin } from "../../tooling/paths.ts";
import { run } from "../../tooling/run.ts";
import { keepNoLogs } from "./logs.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), "acci-logs-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const logs = () => path.join(home, "logs");

/** A command that needs a backend, but no stack. */
const list = () => {
  const state = path.join(home, "state");
  mkdirSync(state, { recursive: true });
  const env = {
    ...process.env,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  return run(path.join(bin, "pulumi"), ["stack", "ls", "--all", "--json"], { env });
};

test("the CLI writes a log at every command, and does without where it cannot", async () => {
  await list();
  expect(readdirSync(logs())).toHaveLength(1);
  keepNoLogs(home);
  keepNoLogs(home);
  expect(JSON.parse(await list())).toEqual([]);
  expect(statSync(logs()).isFile()).toBe(true);
});

test("what earlier commands have left is removed", () => {
  mkdirSync(logs());
  writeFileSync(path.join(logs(), "organization+acci+dev.log"), "PLOG");
  keepNoLogs(home);
  expect(existsSync(path.join(logs(), "organization+acci+dev.log"))).toBe(false);
});
