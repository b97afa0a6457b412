import * as pulumi from "@pulumi/pulumi";
import { type Plan, planSchema, reportAnswerSchema, type RestoreRequest } from "../../backup/contract/shapes.ts";
import { unknown } from "../../engine/identity.ts";
import type { Values } from "../../config/schema.ts";
import { fileOf } from "./store-settings.ts";
import { runTools } from "./run-locally.ts";

/** What is known of the takeover before the update. */
export type Planned = Pick<Plan, "epoch" | "report">;

/** What the tools are told of it. */
export function wishOf({ timeoutMinutes: _, ...wish }: NonNullable<Values["restore"]>): RestoreRequest {
  return wish;
}

/**
 * Looks up which dump an update brings back, says so, and answers the number of the takeover and what the last one did; starts the clock of the recovery time when
 * the update begins; warns when the application (`digest`) is another than that site's. Nothing without `acci:restore`, or where the store's keys are the cluster's alone. What is refused fails here, before anything changes.
 */
export async function planTakeover(
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
    given: { site: namespace, restore: wishOf(restore) },
    store: fileOf(backups.store, storeKeys.producer),
    answer: planSchema,
  }).catch((error: Error) => {
    throw new pulumi.RunError(`acci:restore: ${error.message}`);
  });
  await pulumi.log.info(sayingOf(namespace, plan));
  const other = otherImage(plan.takeover?.image, digest);
  if (other) await pulumi.log.warn(other);
  return plan;
}

/** What to say of an application that is not the one the data is from: its migrations would go on from there, with no way back. */
export function otherImage(image: string | undefined, digest: string | undefined): string | undefined {
  if (!image || !digest || image.endsWith(digest)) return undefined;
  return (
    `acci:image.version: is ${digest}, but the site that is taken over from ran ${image}; ` +
    "set it to that version, unless another one is meant"
  );
}

function sayingOf(site: string, { epoch, takeover }: Plan): string {
  if (!takeover)
    return `${site} is in charge since epoch ${epoch}: restored is only a lost database, or another dump that acci:restore.dump names`;
  const { dump, from, rows, snapshotAt } = takeover;
  return `takes over from ${from} with ${dump}: ${rows} rows, the state of ${snapshotAt}`;
}

/**
 * What the takeover did, once the site serves: dump, rows, RTO, RPO and seconds by phase; null when there was none. A preview knows it while no
 * other one is to come. Undefined without the store's keys.
 */
export function takeoverReport(
  { backups, namespace, storeKeys }: Values,
  planned: Planned | undefined,
  validated: pulumi.Output<unknown>,
): pulumi.Output<unknown> | undefined {
  if (!backups || !storeKeys || !planned) return undefined;
  if (pulumi.runtime.isDryRun()) return planned.report === undefined ? unknown() : pulumi.output(planned.report);
  const store = fileOf(backups.store, storeKeys.producer);
  return validated.apply(() =>
    runTools({ command: "report", given: { site: namespace }, store, answer: reportAnswerSchema }),
  );
}
