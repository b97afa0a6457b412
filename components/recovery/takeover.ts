import * as pulumi from "@pulumi/pulumi";
import { unknown } from "../../engine/identity.ts";
import type { Values } from "../../config/schema.ts";
import { fileOf } from "./store-settings.ts";
import { runTools } from "./run-locally.ts";

interface Plan {
  /** In which this site is in charge, or would be after a takeover now. */
  readonly epoch: number;
  /** Nothing when it is in charge already. */
  readonly takeover?: {
    readonly dump: string;
    readonly snapshotAt: string;
    readonly rows: number;
    readonly from: string;
    /** What that site ran, by digest. */
    readonly image?: string;
  };
  /** What the last takeover did; nothing while one is to come. */
  readonly report?: unknown;
}

/** What is known of the takeover before the update. */
export type Planned = Pick<Plan, "epoch" | "report">;

/** What the tools are told of it. */
export function wishOf({ timeoutMinutes: _, ...wish }: NonNullable<Values["restore"]>) {
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
  const env = { ACCI_SITE: namespace, ACCI_RESTORE: JSON.stringify(wishOf(restore)) };
  const command = pulumi.runtime.isDryRun() ? ["plan"] : ["plan", "--begin"];
  const plan = (await runTools(command, fileOf(backups.store, storeKeys.producer), env).catch((error: Error) => {
    throw new pulumi.RunError(`acci:restore: ${error.message}`);
  })) as Plan;
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
  return validated.apply(() =>
    runTools(["report"], fileOf(backups.store, storeKeys.producer), { ACCI_SITE: namespace }),
  );
}
