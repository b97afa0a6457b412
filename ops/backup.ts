import { follow, runTools, stamped } from "./job.ts";
import { ask, say, show } from "./kubectl.ts";
import type { Site } from "./site.ts";

/** The containers of a run, in their order. */
const STEPS = ["dump", "verify", "rotate"];

/** Makes a dump by hand, shows what its steps say, and ends as the run ends. */
export async function backup(site: Site): Promise<void> {
  const job = stamped("backup-by-hand");
  await ask(site, ["create", "job", job, "--from=cronjob/backup"]);
  const outcome = await follow(site, job, STEPS);
  if (outcome !== "Complete")
    throw new Error(`job ${job}: must be complete, got ${outcome}; the dumps before are as they were`);
  say(`job ${job} is complete`);
}

const tools = (site: Site, ...args: string[]) =>
  show(site, ["exec", "deployment/watch", "--", "node", "/app/backup/main.ts", ...args]);

/** Lists the dumps; `--json` as the catalogue has them. */
export const backups = (site: Site, args: readonly string[]) => tools(site, "list", ...args);

/** Makes the site's database read-only, before a last dump and the takeover by another site. */
export const fence = (site: Site) => tools(site, "fence");

/** Takes that back. */
export const unfence = (site: Site) => tools(site, "unfence");

/** Puts the database of before the last restore back in its place. */
export const undoTakeover = (site: Site) => runTools(site, "undo");
