import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { project } from "../../tooling/paths.ts";

const FOLDER = join(project, ".github", "workflows");
const files = readdirSync(FOLDER);
const texts = files.map((file) => [file, readFileSync(join(FOLDER, file), "utf8")] as const);

interface Job {
  readonly permissions?: Record<string, string>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: Record<string, unknown> }[];
}
interface Workflow {
  readonly on: Record<string, unknown>;
  readonly permissions: object;
  readonly concurrency: object;
  readonly jobs: Record<string, Job>;
}
const workflows = texts.map(([file, text]) => [file, parse(text) as Workflow] as const);
const jobs = workflows.flatMap(([, { jobs: all }]) => Object.values(all));

test("every action is pinned by commit, with its version beside it", () => {
  const uses = texts.flatMap(([, text]) => text.split("\n").filter((line) => /\buses:/.test(line)));
  expect(uses.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

test("a token can do nothing that its job does not say", () => {
  expect(workflows.map(([, { permissions }]) => permissions)).toEqual(files.map(() => ({})));
  expect(jobs.filter(({ permissions }) => permissions?.["contents"] !== "read")).toEqual([]);
});

test("no workflow gives a fork's code the repository's secrets", () => {
  expect(workflows.filter(([, workflow]) => "pull_request_target" in workflow.on)).toEqual([]);
  const checkouts = jobs.flatMap(({ steps }) => steps.filter(({ uses }) => uses?.startsWith("actions/checkout")));
  expect(checkouts.filter((step) => step.with?.["persist-credentials"] !== false)).toEqual([]);
});

test("every workflow ends, and waits for or cancels its like", () => {
  expect(jobs.filter((job) => job["timeout-minutes"] === undefined)).toEqual([]);
  expect(workflows.filter(([, { concurrency }]) => concurrency === undefined)).toEqual([]);
});

test("every script that a step runs is in the repository", () => {
  const scripts = jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => /^node (\S+)/.exec(run ?? "")?.[1] ?? []));
  expect(new Set(scripts).size).toBeGreaterThan(4);
  expect(scripts.filter((script) => !existsSync(join(project, script)))).toEqual([]);
});
