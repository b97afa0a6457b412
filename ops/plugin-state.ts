/** `pulumi stack export -s <stack> | node ops/plugin-state.ts <stack>`: whether the official plugins may update the stack. */
import { text } from "node:stream/consumers";
import { type ExportedState, refusalOf } from "../engine/plugin-state.ts";

const [stack] = process.argv.slice(2);
if (stack === undefined) {
  console.error(
    "plugin-state: stack: is required, got nothing; run for example `pulumi stack export -s dev | node ops/plugin-state.ts dev`",
  );
  process.exit(2);
}
const refusal = refusalOf(stack, JSON.parse(await text(process.stdin)) as ExportedState);
if (refusal !== undefined) {
  console.error(refusal);
  process.exit(1);
}
console.log(`stack ${stack}: the official plugins may update it`);
