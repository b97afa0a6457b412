import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "../backup/contract/commands.ts";
import { environment, type Given } from "../backup/contract/variables.ts";
import { ask, say, show } from "./kubectl.ts";
import type { Site } from "./site.ts";

/** Name of a Job or database with the present time in it. */
export const timestampedName = (prefix: string, separator = "-") =>
  `${prefix}${separator}${new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14)}`;

/** Runs a CronJob now, prints the logs of its containers, and fails when the run fails. `kept` says what a failure leaves untouched. */
export async function runByHand(site: Site, cronJob: string, containers: readonly string[], kept: string) {
  const job = timestampedName(`${cronJob}-by-hand`);
  await ask(site, ["create", "job", job, `--from=cronjob/${cronJob}`]);
  await follow(site, job, containers, kept);
  say(`job ${job} is complete`);
}

/** Prints the logs of a Job's containers, one after the other, and fails when the Job fails. */
export async function follow(site: Site, job: string, containers: readonly string[], kept: string): Promise<void> {
  for (const container of containers) {
    if (!(await started(site, job, container))) break;
    await show(site, ["logs", `job/${job}`, `--container=${container}`, "--follow"]);
  }
  const outcome = await ended(site, job);
  if (outcome !== "Complete") throw new Error(`job ${job}: must be complete, got ${outcome}; ${kept}`);
}

async function ended(site: Site, job: string): Promise<string> {
  for (;;) {
    const type = await condition(site, job);
    if (type) return type;
    await sleep(500);
  }
}

interface Template {
  readonly spec: {
    readonly template: { readonly spec: { containers: { name: string; args: string[]; env: object[] }[] } };
  };
}

/** Runs one command of the tools in a Job of the `toolbox` CronJob, because only that has their keys, and prints its log. */
export async function runTools(site: Site, command: Command, given: Given = {}) {
  const job = timestampedName(command);
  const made = ["create", "job", job, "--from=cronjob/toolbox", "--dry-run=client", "--output=json"];
  const template = JSON.parse(await ask(site, made)) as Template;
  const container = template.spec.template.spec.containers[0]!;
  container.name = command;
  container.args = [command];
  container.env.push(...Object.entries(environment(given)).map(([name, value]) => ({ name, value })));
  await ask(site, ["create", "--filename=-"], JSON.stringify(template));
  await follow(site, job, [command], "what it said is above");
}

async function condition(site: Site, job: string): Promise<string | undefined> {
  const found = await ask(site, [
    "get",
    "job",
    job,
    "--output=jsonpath={range .status.conditions[?(@.status=='True')]}{.type} {end}",
  ]);
  return found.split(" ").find((type) => type === "Complete" || type === "Failed");
}

/** Waits for a container of the newest pod; false when the Job ended before the container started. */
async function started(site: Site, job: string, container: string): Promise<boolean> {
  const status = `{range .items[-1:].status.initContainerStatuses[*]}{.name}={.state.waiting.reason} {end}{range .items[-1:].status.containerStatuses[*]}{.name}={.state.waiting.reason} {end}`;
  for (;;) {
    const shown = await ask(site, ["get", "pods", `--selector=job-name=${job}`, `--output=jsonpath=${status}`]);
    if (shown.split(" ").includes(`${container}=`)) return true;
    if (await condition(site, job)) return false;
    await sleep(500);
  }
}
