import { setTimeout as sleep } from "node:timers/promises";
import { ask, say, show } from "./kubectl.ts";
import type { Site } from "./site.ts";

/** One that no other run by hand has, unless it begins in the same second. */
export const jobName = (of: string) => `${of}-by-hand-${new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14)}`;

/** Runs a CronJob now, shows what its containers say, one after the other, and ends as the run ends. `kept` is what a failure leaves. */
export async function runByHand(site: Site, cronJob: string, containers: readonly string[], kept: string) {
  const job = jobName(cronJob);
  await ask(site, ["create", "job", job, `--from=cronjob/${cronJob}`]);
  await follow(site, job, containers, kept);
  say(`job ${job} is complete`);
}

export async function follow(site: Site, job: string, containers: readonly string[], kept: string): Promise<void> {
  for (const container of containers) {
    if (!(await started(site, job, container))) break;
    await show(site, ["logs", `job/${job}`, `--container=${container}`, "--follow"]);
  }
  const outcome = await ended(site, job);
  if (outcome !== "Complete") throw new Error(`job ${job}: must be complete, got ${outcome}; ${kept}`);
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

/** Waits for a container of the newest pod; false when the run ended before it. */
async function started(site: Site, job: string, container: string): Promise<boolean> {
  const status = `{range .items[-1:].status.initContainerStatuses[*]}{.name}={.state.waiting.reason} {end}{range .items[-1:].status.containerStatuses[*]}{.name}={.state.waiting.reason} {end}`;
  for (;;) {
    const shown = await ask(site, ["get", "pods", `--selector=job-name=${job}`, `--output=jsonpath=${status}`]);
    if (shown.split(" ").includes(`${container}=`)) return true;
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
