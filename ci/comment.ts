/**
 * `node ci/comment.ts <stack> <report>`: posts a report of ci/preview.ts as a comment on the pull request PULL_REQUEST, or updates the
 * comment of an earlier run, and adds the report to the run's summary. With a token that may not comment, such as a fork's, only the
 * summary has it.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { Forbidden, repositoryOf, upsertComment } from "./github.ts";
import { markerOf } from "./markdown.ts";

const [stack, file] = process.argv.slice(2);
if (stack === undefined || file === undefined) {
  console.error("comment: stack and report: are required; run for example node ci/comment.ts dev report.md");
  process.exit(2);
}
const body = readFileSync(file, "utf8");
if (process.env.GITHUB_STEP_SUMMARY) appendFileSync(process.env.GITHUB_STEP_SUMMARY, body);
try {
  await upsertComment(repositoryOf(process.env), Number(process.env.PULL_REQUEST), markerOf(stack), body);
} catch (error) {
  if (!(error instanceof Forbidden)) throw error;
  console.log(`comment: not posted, as the token may not write (${error.message}); the report is in the run's summary`);
}
