import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeIssue, repositoryOf, upsertIssue } from "./github.ts";
import { project } from "../tooling/paths.ts";
import { FakeGitHub } from "./testing/fake-github.ts";

let github: FakeGitHub;
let api: string;
let folder: string;

beforeEach(async () => {
  github = new FakeGitHub();
  api = await github.start();
  folder = mkdtempSync(join(tmpdir(), "acci-comment-"));
});
afterEach(() => {
  github.stop();
  rmSync(folder, { recursive: true });
});

async function comment(body: string, token = "writer") {
  const [report, summary] = [join(folder, "report.md"), join(folder, "summary.md")];
  writeFileSync(report, body);
  const child = spawn(process.execPath, [join(project, "ci", "comment.ts"), "dev", report], {
    env: {
      ...process.env,
      GITHUB_API_URL: api,
      GITHUB_REPOSITORY: "acme/acci",
      GITHUB_TOKEN: token,
      GITHUB_STEP_SUMMARY: summary,
      PULL_REQUEST: "7",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, printed, summary: readFileSync(summary, "utf8") };
}

const report = (text: string) => `<!-- acci-preview:dev -->\n${text}`;

test("comment.ts writes one comment for a stack and updates it from then on", async () => {
  // More than one page of other comments, and the report of another stack.
  github.comments = Array.from({ length: 150 }, (_, i) => ({ id: i, number: 0, body: `comment ${i}` }));
  github.comments.push({ id: 500, number: 0, body: "<!-- acci-preview:prod -->\nprod" });
  expect((await comment(report("first"))).code).toBe(0);
  expect((await comment(report("second"))).code).toBe(0);
  expect(github.calls).toEqual(["POST issues/7/comments", "PATCH issues/comments/1151"]);
  expect(github.comments.filter(({ body }) => body.includes(":dev"))).toEqual([
    { id: 1151, number: 152, body: report("second") },
  ]);
});

test("a fork's token, which may not write, is no failure, and the summary has the report", async () => {
  const { code, printed, summary } = await comment(report("text"), "reader");
  expect([code, github.comments, summary]).toEqual([0, [], report("text")]);
  expect(printed).toContain("comment: not posted, as the token may not write");
});

test("drift has one open issue for a stack, closed when it is over", async () => {
  const repository = repositoryOf({ GITHUB_API_URL: api, GITHUB_REPOSITORY: "acme/acci", GITHUB_TOKEN: "writer" });
  await upsertIssue(repository, "<!-- m -->", "drifted", "<!-- m -->\none");
  await upsertIssue(repository, "<!-- m -->", "drifted", "<!-- m -->\ntwo");
  await closeIssue(repository, "<!-- m -->");
  await closeIssue(repository, "<!-- m -->");
  await upsertIssue(repository, "<!-- m -->", "drifted", "<!-- m -->\nthree");
  expect(github.issues.map(({ body, state }) => [body, state])).toEqual([
    ["<!-- m -->\ntwo", "closed"],
    ["<!-- m -->\nthree", undefined],
  ]);
});

test("what the environment lacks is named", () => {
  expect(() => repositoryOf({ GITHUB_REPOSITORY: "a/b" })).toThrow(
    "GITHUB_TOKEN: is required, got nothing; run this in a workflow, or set it",
  );
});
