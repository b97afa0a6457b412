/**
 * `node ci/preview.ts <stack> [pulumi arguments]`: prints what this checkout would change on a stack, as Markdown. With a Pulumi backend
 * it runs `pulumi preview`; without one it compares the golden files and runs the recorder, which need no secret and so work for a fork's
 * pull request.
 */
import { chartDiff } from "./chart-diff.ts";
import { reportOf } from "./events.ts";
import { baseRef } from "./git.ts";
import { compare, goldenAt, goldenNow } from "./golden.ts";
import { markdown } from "./markdown.ts";
import { waivers } from "../policy/waivers.ts";
import { judgeOffline } from "./program.ts";
import { hasBackend, pulumi } from "./pulumi.ts";
import { isRefused, type Report } from "./report.ts";

function preview(stack: string, args: readonly string[]): Report {
  const { code, events } = pulumi(stack, ["preview", "--policy-pack", "policy", ...args]);
  const report = { ...reportOf(stack, events, chartDiff(stack)), waivers };
  const silent = code !== 0 && !isRefused(report);
  return silent ? { ...report, errors: [`pulumi preview: exit code ${code}; its output is in the log`] } : report;
}

async function offline(stack: string): Promise<Report> {
  const changes = compare(goldenAt(baseRef(), stack), goldenNow(stack));
  return {
    stack,
    source: "offline",
    changes,
    violations: await judgeOffline(stack),
    waivers,
    errors: [],
    warnings: [],
    chartDiff: chartDiff(stack),
  };
}

/** Report for a check that could not run: it counts as failed. */
const failed = (stack: string, error: unknown): Report => ({
  stack,
  source: hasBackend() ? "preview" : "offline",
  changes: [],
  violations: [],
  waivers: [],
  errors: [error instanceof Error ? error.message : String(error)],
  warnings: [],
  chartDiff: "",
});

const [stack, ...args] = process.argv.slice(2);
if (stack === undefined) {
  console.error("preview: stack: is required, got nothing; run for example node ci/preview.ts dev");
  process.exit(2);
}
const report = await Promise.resolve()
  .then(() => (hasBackend() ? preview(stack, args) : offline(stack)))
  .catch((error: unknown) => failed(stack, error));
process.stdout.write(markdown(report));
process.exitCode = isRefused(report) ? 1 : 0;
