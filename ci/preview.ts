/**
 * `node ci/preview.ts <stack> [pulumi arguments]`: prints what this checkout would change on a stack, as Markdown. With a Pulumi backend
 * it runs `pulumi preview`; without one it compares the golden files and runs the recorder, which need no secret and so work for a fork's
 * pull request. ACCI_PRICES lets it tell what a change costs.
 */
import { capacityOf, pricesOf } from "./capacity.ts";
import { chartDiff } from "./chart-diff.ts";
import { reportOf } from "./events.ts";
import { baseRef } from "./git.ts";
import { compare, goldenAt, goldenNow } from "./golden.ts";
import { markdown } from "./markdown.ts";
import { waivers } from "../policy/waivers.ts";
import { judgeOffline } from "./program.ts";
import { hasBackend, pulumi } from "./pulumi.ts";
import { type CapacityChange, isRefused, type Report } from "./report.ts";

function preview(stack: string, args: readonly string[]): Report {
  const { code, events } = pulumi(stack, ["preview", "--policy-pack", "policy", ...args]);
  const report = { ...reportOf(stack, events, chartDiff(stack)), waivers, capacity: capacityChange(stack) };
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
    capacity: capacityChange(stack),
    chartDiff: chartDiff(stack),
  };
}

/** By the golden files in either case: a preview does not know what the stack asked for before. */
function capacityChange(stack: string): CapacityChange | undefined {
  const [before, after] = [goldenAt(baseRef(), stack), goldenNow(stack)].map(capacityOf);
  return after && { before, after, prices: pricesOf(process.env.ACCI_PRICES) };
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
