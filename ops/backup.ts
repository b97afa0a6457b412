import { type Command, PROGRAMS } from "../backup/contract/commands.ts";
import { follow, runByHand, runTools, stamped } from "./job.ts";
import { ask, show } from "./kubectl.ts";
import type { Site } from "./site.ts";

/** Makes a dump by hand. */
export const backup = (site: Site) =>
  runByHand(site, "backup", ["dump", "verify", "rotate"], "the dumps before are as they were");

/** Copies to the second store what it lacks, by hand. */
export const offsite = (site: Site) =>
  runByHand(site, "offsite", ["copy", "rotate"], "the dumps in both stores are as they were");

/** Rehearses a recovery, by hand. */
export const drill = (site: Site) =>
  runByHand(site, "drill", ["drill", "migrate", "drill-end"], "the site is as it was; `make drills` has the record");

/** Tells of the rehearsals there were: `--markdown`, `--html` or `--json`. */
export const drills = (site: Site, args: readonly string[]) => tools(site, "drills", ...args);

const tools = (site: Site, ...args: [Command, ...string[]]) =>
  show(site, ["exec", "deployment/watch", "--", "node", PROGRAMS.tools, ...args]);

/** Lists the dumps; `--json` as the catalogue has them, `--offsite` those in the second store. */
export async function backups(site: Site, args: readonly string[]): Promise<void> {
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

/** By a pod of its own: no other has a key of the second store. */
async function listSecond(site: Site, args: readonly string[]): Promise<void> {
  const found = JSON.parse(await ask(site, ["get", "cronjob", "offsite", "--output=json"])) as CronJob;
  const { template, ...job } = found.spec.jobTemplate.spec;
  const [rotate] = template.spec.containers;
  const containers = [{ ...rotate, name: "list", args: ["list", ...args] }];
  const spec = { ...job, template: { ...template, spec: { ...template.spec, initContainers: [], containers } } };
  const name = stamped("list");
  const manifest = { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec };
  await ask(site, ["create", "--filename=-"], JSON.stringify(manifest));
  try {
    await follow(site, name, ["list"], "look whether the second store is up");
  } finally {
    await ask(site, ["delete", "job", name, "--wait=false"]);
  }
}

/** Makes the site's database read-only, before a last dump and the takeover by another site. */
export const fence = (site: Site) => tools(site, "fence");

/** Takes that back. */
export const unfence = (site: Site) => tools(site, "unfence");

/** Puts the database of before the last restore back in its place. */
export const undoTakeover = (site: Site) => runTools(site, "undo");
