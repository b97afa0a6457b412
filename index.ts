import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "./config/load.ts";
import { checkRotations } from "./components/rotation-record.ts";
import { instancesAsConfigured } from "./components/postgres/configured-instances.ts";
import { type Footprint, isFull } from "./config/footprint.ts";
import { holdForBudget } from "./release/error-budget.ts";
import { holdForSchema, schemaOfImage } from "./release/schema-check.ts";
import { promoteAll } from "./release/promotion.ts";
import { clusterIdentity, OUTPUT as CLUSTER_UID } from "./engine/cluster-identity.ts";
import { withholdDebugMessages } from "./engine/debug-messages.ts";
import { releaseNotes } from "./helm-history/notes.ts";
import { takePlainStackTraces } from "./engine/stack-traces.ts";
import { openOnce } from "./kubernetes/api.ts";
import { planDatabase } from "./components/recovery/database-plan.ts";
import { planFailover, failoverReport, mayFailOver } from "./components/recovery/failover-plan.ts";
import { volumesOf } from "./components/volumes.ts";
import { buildStack } from "./stack.ts";

withholdDebugMessages();
takePlainStackTraces();

// A function, because a promoted image is checked before the first resource is registered.
export default async () => {
  const config = loadConfig();
  if (!isFull(config.footprint)) await warnOfFootprint(config.footprint);
  const open = openOnce(config.cluster);
  const clusterUid = await clusterIdentity(config.cluster.context, open);
  const promoted = config.image.version ? await promoteAll(config) : undefined;
  const digest = promoted?.application.digest;
  const [planned, schema, notes, volumes] = await Promise.all([
    planFailover(config, digest),
    schemaOfImage(config.image, digest),
    // Fails where the cluster does not answer. A provider of that cluster must not come into the state: every resource would be replaced.
    releaseNotes(config, open),
    volumesOf(config, open),
    checkRotations(config, open),
  ]);
  const database = await planDatabase(config, planned, open);
  const failsOver = mayFailOver(config, planned);
  if (promoted) await holdForBudget(config, { ...promoted.application, failsOver }, open);
  const version = config.image.version ?? config.image.build!.tags[0]!;
  const origin = failsOver ? (planned?.failover ?? "chosen later") : undefined;
  await holdForSchema(config, { version, schema }, origin, { open });
  const { application, guardedNamespace, image, postgres, protection, smokeTest } = buildStack(config, {
    promoted,
    schema,
    epoch: planned?.epoch,
    database,
    notes,
    ...volumes,
  });
  const failover = smokeTest && failoverReport(config, planned, smokeTest.job.id);
  return {
    ...(clusterUid ? { [CLUSTER_UID]: clusterUid } : {}),
    url: application.url,
    namespace: guardedNamespace.namespace,
    imageRef: image.ref,
    ...(protection ? { backupImageRef: protection.image } : {}),
    databaseHost: postgres.host,
    databaseInstances: instancesAsConfigured(
      { cluster: config.cluster, namespace: config.namespace, ...config.postgres },
      (smokeTest?.job ?? application.release).id,
    ),
    ...(failover ? { failover } : {}),
  };
};

function warnOfFootprint({ limits, requests, volumes }: Footprint): Promise<void> {
  return pulumi.log.warn(
    `acci:footprint: a rehearsal, with ${requests} % of the requests, ${limits} % of the limits and ${volumes} % of the volumes`,
  );
}
