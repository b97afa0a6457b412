import { setTimeout as sleep } from "node:timers/promises";
import { ask, say, show } from "./kubectl.ts";
import type { Site } from "./site.ts";

/** The containers of a run, in their order. */
const STEPS = ["dump", "verify", "rotate"];

/** Makes a dump by hand, shows what its steps say, and ends as the run ends. */
export async function backup(site: Site): Promise<void> {
  const job = `backup-by-hand-${new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14)}`;
  await ask(site, ["create", "job", job, "--from=cronjob/backup"]);
  for (const step of STEPS) {
    if (!(await started(site, job, step))) break;
    await show(site, ["logs", `job/${job}`, `--container=${step}`, "--follow"]);
  }
  const outcome = await ended(site, job);
  if (outcome !== "Complete")
    throw new Error(`job ${job}: must be complete, got ${outcome}; the dumps before are as they were`);
  say(`job ${job} is complete`);
}

const condition = async (site: Site, job: string) => {
  const found = await ask(site, [
    "get",
    "job",
    job,
    "--output=jsonpath={range .status.conditions[?(@.status=='True')]}{.type} {end}",
  ]);
  return found.split(" ").find((type) => type === "Complete" || type === "Failed");
};

/** Waits for a step of the newest pod; false when the run ended before it. */
async function started(site: Site, job: string, step: string): Promise<boolean> {
  const status = `{range .items[-1:].status.initContainerStatuses[*]}{.name}={.state.waiting.reason} {end}{range .items[-1:].status.containerStatuses[*]}{.name}={.state.waiting.reason} {end}`;
  for (;;) {
    const shown = await ask(site, ["get", "pods", `--selector=job-name=${job}`, `--output=jsonpath=${status}`]);
    if (shown.split(" ").includes(`${step}=`)) return true;
    if (await condition(site, job)) return false;
    await sleep(500);
  }
}

async function ended(site: Site, job: string): Promise<string> {
  for (;;) {
    const type = await condition(site, job);
    if (type) return type;
    await sleep(500);
  }
}

const tools = (site: Site, ...args: string[]) =>
  show(site, ["exec", "deployment/watch", "--", "node", "/app/backup/main.ts", ...args]);

/** Lists the dumps; `--json` as the catalogue has them. */
export const backups = (site: Site, args: readonly string[]) => tools(site, "list", ...args);

/** Makes the site's database read-only, before a last dump and the takeover by another site. */
export const fence = (site: Site) => tools(site, "fence");

/** Takes that back. */
export const unfence = (site: Site) => tools(site, "unfence");
