/**
 * `node ci/drift.ts <stack>`: compares the cluster with Pulumi's state, and keeps one issue open for as long as they differ. Without a
 * backend there is nothing to compare; the script then says so and succeeds.
 */
import { driftOf, reportOf } from "./events.ts";
import { closeIssue, repositoryOf, upsertIssue } from "./github.ts";
import { markdown } from "./markdown.ts";
import { hasBackend, pulumi } from "./pulumi.ts";

const [stack] = process.argv.slice(2);
if (stack === undefined) {
  console.error("drift: stack: is required, got nothing; run for example node ci/drift.ts dev");
  process.exit(2);
}
if (!hasBackend()) {
  console.log(`drift: ${stack} is not compared, as there is neither PULUMI_BACKEND_URL nor PULUMI_ACCESS_TOKEN`);
  process.exit(0);
}
const { code, events } = pulumi(stack, ["refresh", "--preview-only", "--expect-no-changes"]);
const marker = `<!-- acci-drift:${stack} -->`;
if (code === 0) await closeIssue(repositoryOf(process.env), marker);
else {
  const changes = driftOf(events);
  const title = changes.length > 0 ? `Stack ${stack} has drifted` : `Stack ${stack} cannot be compared with what runs`;
  const body = markdown({ ...reportOf(stack, events, ""), source: "refresh", changes });
  await upsertIssue(repositoryOf(process.env), marker, title, `${marker}\n${body}`);
}
process.exitCode = code;
