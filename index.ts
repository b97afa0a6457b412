import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "./config/load.ts";
import { instancesAsConfigured } from "./components/postgres/configured-instances.ts";
import { type Footprint, isFull } from "./config/footprint.ts";
import { promoteAll } from "./release/promotion.ts";
import { withholdDebugMessages } from "./engine/debug-messages.ts";
import { releaseNotes } from "./helm-history/notes.ts";
import { takePlainStackTraces } from "./engine/stack-traces.ts";
import { planTakeover, takeoverReport } from "./components/recovery/takeover.ts";
import { buildStack } from "./stack.ts";

withholdDebugMessages();
takePlainStackTraces();

// A function, because a promoted image is checked before the first resource is registered.
export default async () => {
  const config = loadConfig();
  // Asked while everything else is prepared; only the releases wait for the answer.
  const notes = pulumi.output(releaseNotes(config));
  if (!isFull(config.footprint)) await warnOfFootprint(config.footprint);
  const promoted = config.image.version ? await promoteAll(config) : undefined;
  const planned = await planTakeover(config, promoted?.application.digest);
  const { application, environment, image, postgres, protection, validation } = buildStack(config, {
    promoted,
    epoch: planned?.epoch,
    notes,
  });
  const takeover = validation && takeoverReport(config, planned, validation.job.id);
  return {
    url: application.url,
    namespace: environment.namespace,
    imageRef: image.ref,
    ...(protection ? { backupImageRef: protection.image } : {}),
    databaseHost: postgres.host,
    databaseInstances: instancesAsConfigured(
      { cluster: config.cluster, namespace: config.namespace, ...config.postgres },
      (validation?.job ?? application.release).id,
    ),
    ...(takeover ? { takeover } : {}),
  };
};

function warnOfFootprint({ limits, requests, volumes }: Footprint): Promise<void> {
  return pulumi.log.warn(
    `acci:footprint: a rehearsal, with ${requests} % of the requests, ${limits} % of the limits and ${volumes} % of the volumes`,
  );
}
