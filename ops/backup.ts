import { type Command, PROGRAMS } from "../backup/contract/commands.ts";
import { follow, runByHand, runTools, timestampedName } from "./job.ts";
import { ask, show } from "./kubectl.ts";
import type { Site } from "./site.ts";

/** Makes a dump now, from the `backup` CronJob. */
export const createBackup = (site: Site) =>
  runByHand(site, "backup", ["dump", "verify", "prune"], "the dumps before are as they were");

/** Copies now what the second store lacks, from the `offsite` CronJob. */
export const copyOffsite = (site: Site) =>
  runByHand(site, "offsite", ["copy", "prune"], "the dumps in both stores are as they were");

/** Rehearses a recovery now, from the `drill` CronJob. */
export const runDrill = (site: Site) =>
  runByHand(
    site,
    "drill",
    ["drill", "migrate", "drill-end"],
    "the site is as it was; `make drill-list` has the record",
  );

/** Lists past drills: `--markdown`, `--html` or `--json`. */
export const listDrills = (site: Site, args: readonly string[]) => tools(site, "drills", ...args);

/** Lists past rollouts: `--markdown`, `--html` or `--json`. */
export const listRollouts = (site: Site, args: readonly string[]) => tools(site, "rollouts", ...args);

/** Adds to the record of a rollout that it was switched back. */
export const recordSwitchBack = (site: Site, startedAt: string, seconds: number) =>
  tools(site, "switched-back", startedAt, String(seconds));

const tools = (site: Site, ...args: [Command, ...string[]]) =>
  show(site, ["exec", "deployment/backup-agent", "--", "node", PROGRAMS.tools, ...args]);

/** Lists the dumps: `--json` prints them as the catalogue has them, `--offsite` those of the second store. */
export async function listBackups(site: Site, args: readonly string[]): Promise<void> {
  const others = args.filter((arg) => arg !== "--offsite");
  if (others.length < args.length) await listSecond(site, others);
  else await tools(site, "list", ...args);
}

interface CronJob {
  readonly spec: { readonly jobTemplate: { readonly spec: { readonly template: Template } & Record<string, unknown> } };
}
interface Template {
  readonly metadata: object;
  readonly spec: { readonly containers: readonly [object] } & Record<string, unknown>;
}

/** Lists the second store from a Job made of the `offsite` CronJob, because no other pod has a key of that store. */
async function listSecond(site: Site, args: readonly string[]): Promise<void> {
  const found = JSON.parse(await ask(site, ["get", "cronjob", "offsite", "--output=json"])) as CronJob;
  const { template, ...job } = found.spec.jobTemplate.spec;
  const [prune] = template.spec.containers;
  const containers = [{ ...prune, name: "list", args: ["list", ...args] }];
  const spec = { ...job, template: { ...template, spec: { ...template.spec, initContainers: [], containers } } };
  const name = timestampedName("list");
  const manifest = { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec };
  await ask(site, ["create", "--filename=-"], JSON.stringify(manifest));
  try {
    await follow(site, name, ["list"], "look whether the second store is up");
  } finally {
    await ask(site, ["delete", "job", name, "--wait=false"]);
  }
}

/** Makes the site's database read-only, before a last dump and the failover to another site. */
export const demote = (site: Site) => tools(site, "demote");

/** Makes the database of a demoted site writable again. */
export const promote = (site: Site) => tools(site, "promote");

/** Puts the database that the last restore replaced back in its place. */
export const undoFailover = (site: Site) => runTools(site, "failover-undo");
