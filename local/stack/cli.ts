/** `node local/stack/cli.ts <stack> <pulumi arguments>`: any Pulumi command on the embedded platform. */
import { CommandError } from "../../tooling/run.ts";
import { pulumi } from "./pulumi.ts";

const [stack, ...args] = process.argv.slice(2);
if (stack === undefined || args.length === 0) {
  console.error("stack: command: a stack and a Pulumi command are needed, e.g. `make pulumi STACK=dev ARGS=preview`");
  process.exit(2);
}
try {
  await pulumi(stack, args, { show: true });
} catch (error) {
  // A failed command has printed its own error.
  if (!(error instanceof CommandError)) console.error((error as Error).message);
  process.exit(1);
}
