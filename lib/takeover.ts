import * as pulumi from "@pulumi/pulumi";
import type { Values } from "./schema";
import { fileOf } from "./store-settings";
import { runTools } from "./tools-here";

interface Plan {
  readonly dump: string;
  readonly snapshotAt: string;
  readonly rows: number;
  readonly from: string;
}

/** What the tools are told of it. */
export function wishOf({ timeoutMinutes: _, ...wish }: NonNullable<Values["restore"]>) {
  return wish;
}

/** Says in a preview which dump an update would bring back. A refusal is one of the update as well, and changes nothing. */
export async function announceTakeover({ backups, namespace, restore, storeKeys }: Values): Promise<void> {
  if (!backups || !restore || !pulumi.runtime.isDryRun()) return;
  if (!storeKeys)
    return pulumi.log.info("acci:restore: the dump is chosen in the cluster, which alone has the store's keys");
  const env = { ACCI_SITE: namespace, ACCI_RESTORE: JSON.stringify(wishOf(restore)) };
  const plan = (await runTools("plan", fileOf(backups.store, storeKeys.producer), env).catch((error: Error) => {
    throw new pulumi.RunError(`acci:restore: ${error.message}`);
  })) as Plan | null;
  await pulumi.log.info(
    plan
      ? `takes over from ${plan.from} with ${plan.dump}: ${plan.rows} rows, the state of ${plan.snapshotAt}`
      : `${namespace} is in charge already: restored is only a lost database, or another dump that acci:restore.dump names`,
  );
}

/** What the takeover did, once it is done: dump, rows, seconds lost and seconds by phase. Unknown in a preview, and without the store's keys. */
export function takeoverReport(
  { backups, namespace, storeKeys }: Values,
  restored: pulumi.Output<unknown>,
): pulumi.Output<unknown> {
  return restored.apply(async () => {
    if (!backups || !storeKeys || pulumi.runtime.isDryRun()) return undefined;
    return runTools("report", fileOf(backups.store, storeKeys.producer), { ACCI_SITE: namespace });
  });
}
