import * as pulumi from "@pulumi/pulumi";
import type { ArchiveRecovery } from "../../backup/contract/shapes.ts";
import type { Values } from "../../config/schema.ts";
import type { KubeApi } from "../../kubernetes/api.ts";
import { existingDatabase, type ExistingDatabase } from "../postgres/existing-database.ts";
import type { Planned } from "./failover-plan.ts";

/** What is decided of the database before the update. */
export interface DatabasePlan {
  /** Folder that it archives to. @default - that of the configuration */
  readonly server?: string | undefined;
  /** The recovery by which it is made, or was. @default - it is made as the configuration says */
  readonly recovery?: ArchiveRecovery | undefined;
}

/** Looks up the database, and decides how one that is missing is made. Without an archive there is nothing to decide. */
export async function planDatabase(
  config: Values,
  planned: Planned | undefined,
  open: () => Promise<KubeApi>,
): Promise<DatabasePlan> {
  const archive = config.postgres.walArchive;
  if (!archive || archive.server || archive.recover) return {};
  const plan = databasePlan(config, planned, await existingDatabase(config.namespace, open));
  if (planned?.failover?.by === "archive" && plan.recovery?.epoch !== planned.epoch)
    await pulumi.log.warn(
      `acci:restore.from: ${config.namespace} has a database already, and the archive makes a new one; this failover goes by dump`,
    );
  return plan;
}

/**
 * Pure half of {@link planDatabase}. A database stays with its folder and with how it was made: the operator reads the latter only once.
 * One that is missing is recovered if the failover goes by archive. It is never recovered again later: its own dumps are newer then.
 */
export function databasePlan(
  { namespace, restore }: Pick<Values, "namespace" | "restore">,
  planned: Pick<Planned, "epoch" | "failover" | "newServer"> | undefined,
  existing: ExistingDatabase | undefined,
): DatabasePlan {
  const wanted = planned?.failover?.by === "archive" ? planned.failover.archive?.recovery : undefined;
  if (!existing) return { server: planned?.newServer, recovery: wanted };
  const { recovery, server } = existing;
  const kept = { server: isOfAnEpoch(namespace, server) ? server : undefined, recovery };
  if (!wanted) return kept;
  if (recovery?.epoch !== wanted.epoch) {
    if (restore?.from === "newest") return kept;
    throw new pulumi.RunError(
      `acci:restore.from: archive makes a new database, and ${namespace} has one already; delete the Cluster postgres with its volumes ` +
        "(docs/runbooks/loss-of-site.md), or set acci:restore.from to dump, which keeps it under another name",
    );
  }
  if (recovery.segment !== wanted.segment && !restore?.evenIfAlive)
    throw new pulumi.RunError(
      `acci:restore.from: the database was recovered up to ${recovery.segment}, and the archive ${wanted.server} has ${wanted.segment} by now; ` +
        "delete the Cluster postgres with its volumes and run `pulumi up` again, or set acci:restore.evenIfAlive to true to lose what came after",
    );
  return kept;
}

/** Whether a folder was chosen by a failover, and not by the configuration. */
const isOfAnEpoch = (namespace: string, server = "") => new RegExp(`^${namespace}-\\d+(-\\d+)?$`).test(server);
