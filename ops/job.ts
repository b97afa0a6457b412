import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "../backup/contract/commands.ts";
import { environment, type Given } from "../backup/contract/variables.ts";
import { ask, say, show } from "./kubectl.ts";
import type { Site } from "./site.ts";

/** A name for a Job or a database made now, with the time in it. */
export const stamped = (prefix: string, separator = "-") =>
  `${prefix}${separator}${new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14)}`;

/** Runs a CronJob now, shows what its containers say, and ends as the run ends. `kept` is what a failure leaves. */
export async function runByHand(site: Site, cronJob: string, containers: readonly string[], kept: string) {
  const job = stamped(`${cronJob}-by-hand`);
  await ask(site, ["create", "job", job, `--from=cronjob/${cronJob}`]);
  await follow(site, job, containers, kept);
  say(`job ${job} is complete`);
}

/** Shows what a Job's containers say, one after the other, and fails as it fails. */
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

/** Runs one command of the tools in the cluster, which alone has their keys, and says what it says. */
export async function runTools(site: Site, command: Command, given: Given = {}) {
  const job = stamped(command);
  const made = ["create", "job", job, "--from=cronjob/tools", "--dry-run=client", "--output=json"];
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

/** Waits for a container of the newest pod; false when the Job ended before it. */
async function started(site: Site, job: string, container: string): Promise<boolean> {
  const status = `{range .items[-1:].status.initContainerStatuses[*]}{.name}={.state.waiting.reason} {end}{range .items[-1:].status.containerStatuses[*]}{.name}={.state.waiting.reason} {end}`;
  for (;;) {
    const shown = await ask(site, ["get", "pods", `--selector=job-name=${job}`, `--output=jsonpath=${status}`]);
    if (shown.split(" ").includes(`${container}=`)) return true;
    if (await condition(site, job)) return false;
    await sleep(500);
  }
}
