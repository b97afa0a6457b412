import { type ExportedState, refusalOf } from "../../engine/plugin-state.ts";

/** Throws before the official Kubernetes plugin updates a stack whose state lacks what that plugin reads. */
export async function refuseUnread(
  stack: string,
  [command = ""]: readonly string[],
  exported: () => Promise<string>,
): Promise<void> {
  if (!["up", "update", "preview", "watch"].includes(command)) return;
  const state = await exported().catch(() => "{}"); // a stack that is yet to be made has none
  const refusal = refusalOf(stack, JSON.parse(state) as ExportedState);
  if (refusal !== undefined) throw new Error(refusal);
}
