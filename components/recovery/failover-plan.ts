import * as pulumi from "@pulumi/pulumi";
import {
  type ArchiveRecovery,
  type Plan,
  planSchema,
  reportAnswerSchema,
  type RestoreRequest,
} from "../../backup/contract/shapes.ts";
import { unknown } from "../../engine/identity.ts";
import type { Values } from "../../config/schema.ts";
import { storeSecretData } from "./store-settings.ts";
import { runTools } from "./run-locally.ts";

/** The plan's facts about the failover, from before the update. */
export type Planned = Pick<Plan, "epoch" | "failover" | "newServer" | "report">;

/** The request to the tools: `acci:restore` without its time limit, with the recovery by which the database was made. */
export function requestOf(
  { from, timeoutMinutes: _, ...request }: NonNullable<Values["restore"]>,
  archive?: ArchiveRecovery,
): RestoreRequest {
  return { ...request, ...(from === "dump" ? {} : { from }), ...(archive ? { archive } : {}) };
}

/**
 * Looks up which dump an update restores, logs it, and returns the epoch of the failover and the report of the last one. Starts the clock
 * of the recovery time when the update begins. Warns when the application (`digest`) differs from that of the site it fails over from.
 * Undefined without `acci:restore`, or if only the cluster has the store's keys. Refusals fail here, before anything changes.
 */
export async function planFailover(
  { backups, namespace, restore, storeKeys }: Values,
  digest?: string,
): Promise<Planned | undefined> {
  if (!backups || !restore) return undefined;
  if (!storeKeys) {
    await pulumi.log.info("acci:restore: the dump is chosen in the cluster, which alone has the store's keys");
    return undefined;
  }
  const plan = await runTools({
    command: "plan",
    args: pulumi.runtime.isDryRun() ? [] : ["--begin"],
    given: { site: namespace, restore: requestOf(restore) },
    store: storeSecretData(backups.store, storeKeys.writer),
    answer: planSchema,
  }).catch((error: Error) => {
    throw new pulumi.RunError(`acci:restore: ${error.message}`);
  });
  await pulumi.log.info(sayingOf(namespace, plan));
  const advice = adviceOn(restore.from, plan.failover);
  if (advice) await pulumi.log.warn(advice);
  const other = otherImage(plan.failover?.image, digest);
  if (other) await pulumi.log.warn(other);
  return plan;
}

/** Whether an update fails over, or may: without the store's keys only the cluster knows. */
export const mayFailOver = ({ restore }: Pick<Values, "restore">, planned: Planned | undefined): boolean =>
  restore !== undefined && (planned === undefined || planned.failover !== undefined);

/** Warning when the application is not the one that the data comes from: its migrations would go on from there, with no way back. */
export function otherImage(image: string | undefined, digest: string | undefined): string | undefined {
  if (!image || !digest || image.endsWith(digest)) return undefined;
  return (
    `acci:image.version: is ${digest}, but the site before the failover ran ${image}; ` +
    "set it to that version, unless another version is intended"
  );
}

/** What a preview says of the failover that is to come. */
export function sayingOf(site: string, { epoch, failover }: Plan): string {
  if (!failover)
    return `${site} is active since epoch ${epoch}: restored is only a lost database, or another dump that acci:restore.dump names`;
  const { archive, by, dump, from, rows, snapshotAt } = failover;
  if (by === "dump")
    return `fails over from ${from} with ${dump}: ${rows} rows, the state of ${snapshotAt}, ${lossOf(snapshotAt)}`;
  const { reachesTo, segment, server } = archive!.recovery!;
  return (
    `fails over from ${from} with the archive ${server} up to ${segment}: the state of ${reachesTo}, ${lossOf(reachesTo)}; ` +
    `${dump} would be the state of ${snapshotAt}, ${lossOf(snapshotAt)}`
  );
}

/** What is lost by bringing back the state of a time, when the site was lost now. */
const lossOf = (state: string) =>
  `which loses what was written in the last ${Math.ceil((Date.now() - Date.parse(state)) / 60_000)} min`;

/** What an operator may want to know of the other way; undefined when there is nothing to choose. */
export function adviceOn(from: RestoreWay, failover: Plan["failover"]): string | undefined {
  const { archive, by, snapshotAt } = failover ?? {};
  if (by !== "dump" || !archive) return undefined;
  if (archive.problem) return `${archive.problem}; only a dump brings ${failover!.from} back`;
  if (from !== "dump") return `the archive ${archive.server} is not used: ${failover!.from} comes back by dump`;
  const { reachesTo } = archive.recovery!;
  if (Date.parse(reachesTo) <= Date.parse(snapshotAt!)) return undefined;
  return (
    `the archive ${archive.server} reaches to ${reachesTo}, ${lossOf(reachesTo)}; recommended is to recover it: ` +
    "`pulumi config set --path acci:restore.from archive` (docs/runbooks/loss-of-site.md)"
  );
}

type RestoreWay = NonNullable<Values["restore"]>["from"];

/**
 * Report of the failover, once the site serves: dump, rows, RTO, RPO and seconds by phase; null when there was none. A preview shows it
 * unless a failover is to come. Undefined without the store's keys.
 */
export function failoverReport(
  { backups, namespace, storeKeys }: Values,
  planned: Planned | undefined,
  validated: pulumi.Output<unknown>,
): pulumi.Output<unknown> | undefined {
  if (!backups || !storeKeys || !planned) return undefined;
  if (pulumi.runtime.isDryRun()) return planned.report === undefined ? unknown() : pulumi.output(planned.report);
  const store = storeSecretData(backups.store, storeKeys.writer);
  return validated.apply(() =>
    runTools({ command: "report", given: { site: namespace }, store, answer: reportAnswerSchema }),
  );
}
