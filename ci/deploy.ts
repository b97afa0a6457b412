/** `node ci/deploy.ts <stack>`: updates a stack after a merge, under the same policies as its preview. */
import { hasBackend, pulumi } from "./pulumi.ts";

const [stack] = process.argv.slice(2);
if (stack === undefined) {
  console.error("deploy: stack: is required, got nothing; run for example node ci/deploy.ts dev");
  process.exit(2);
}
if (!hasBackend()) {
  console.error(
    "deploy: PULUMI_BACKEND_URL: is required, got nothing; set it, or PULUMI_ACCESS_TOKEN, in the stack's GitHub environment",
  );
  process.exit(2);
}
process.exitCode = pulumi(stack, ["up", "--yes", "--policy-pack", "policy"]).code;
