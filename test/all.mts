/** `make test`: runs every suite; those that need no cluster run beside the cluster's. The last line is `N passed, N failed`. */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { project } from "../tooling/paths.ts";
import { endAll } from "./all/command.ts";
import { Run } from "./all/lanes.ts";
import { LowWeight } from "./all/low-weight.ts";
import type { Suite } from "./all/suite.ts";
import { suitesOf } from "./all/suites.ts";
import { failed, summary } from "./all/summary.ts";

const scratch = mkdtempSync(path.join(os.tmpdir(), "acci-test-"));
const beside = new LowWeight("acci-test");
process.once("exit", () => {
  beside.end();
  rmSync(scratch, { recursive: true, force: true });
});
const run = new Run({ project, scratch });
const start = performance.now();

const names = process.argv.slice(2);
const suites = suitesOf({ project, scratch }, names.length === 0 || names.includes("cluster"));
const known = Object.values(suites)
  .flat()
  .map(({ name }: Suite) => name);
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`ONLY: must be of ${known.join(", ")}, got ${unknown.join(", ")}\n`);
  process.exit(2);
}
const wanted = (all: readonly Suite[]) => all.filter(({ name }) => names.length === 0 || names.includes(name));

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(name, () => {
    void endAll().then(() => process.exit(130));
  });

const prepared = run.lane(wanted(suites.preparation));
await Promise.all([
  prepared.then(() => run.lane(wanted(suites.cluster))),
  run
    .lane(wanted(suites.source), beside)
    .then(() => prepared)
    .then(() => run.lane(wanted(suites.tools), beside)),
]);
await run.lane(wanted(suites.load));
await Promise.all([run.lane(wanted(suites.recovery)), run.lane(wanted(suites.later), beside)]);
await run.lane(wanted(suites.shutdown));

const results = run.results.toSorted((a, b) => known.indexOf(a.name) - known.indexOf(b.name));
process.stdout.write(summary(results, (performance.now() - start) / 1000));
process.exit(failed(results) ? 1 : 0);
