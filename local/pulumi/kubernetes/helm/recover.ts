import type { Context } from "../../serve/provider.ts";
import type { Target } from "../objects.ts";
import { helm } from "./command.ts";
import { find } from "./look-up.ts";
import type { Release } from "./inputs.ts";

/** A helm that was killed leaves the release locked; nothing else may be running, as the stack is locked by us. */
export async function recover(target: Target, context: Context, release: Release): Promise<void> {
  const run = (...args: string[]) =>
    helm([...args, "--namespace", release.namespace], { source: target.settings.source, signal: context.signal });
  const status = (await find(target, release))?.status ?? "";
  if (status === "pending-install") {
    context.log.warn(`an earlier install of ${release.name} was interrupted; uninstalling it and starting over`);
    await run("uninstall", release.name, "--wait");
    return;
  }
  if (!status.startsWith("pending-")) return;
  const history = JSON.parse(await run("history", release.name, "--output", "json")) as {
    revision: number;
    status: string;
  }[];
  const good = history.filter((entry) => entry.status === "deployed" || entry.status === "superseded").at(-1)?.revision;
  if (good === undefined)
    throw new Error(`${release.name}: ${status}, and no earlier revision to go back to; run helm uninstall`);
  context.log.warn(`an earlier upgrade of ${release.name} was interrupted; rolling back to revision ${good} first`);
  await run("rollback", release.name, String(good));
}
