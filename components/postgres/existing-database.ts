import * as pulumi from "@pulumi/pulumi";
import { type ArchiveRecovery, archiveRecoverySchema } from "../../backup/contract/shapes.ts";
import { type KubeApi, unlessMissing } from "../../kubernetes/api.ts";
import { RECOVERY } from "./point-in-time.ts";

/** The database that is in the cluster already. */
export interface ExistingDatabase {
  /** Folder that it archives to. @default - it does not */
  readonly server?: string | undefined;
  /** The recovery by which it was made for a failover. @default - it was made otherwise */
  readonly recovery?: ArchiveRecovery | undefined;
}

interface ClusterObject {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly plugins?: readonly { readonly parameters?: { readonly serverName?: string } }[] };
}

const pathOf = (namespace: string) => `/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters/postgres`;

/** Asks the cluster for the database; undefined when there is none. */
export async function existingDatabase(
  namespace: string,
  open: () => Promise<Pick<KubeApi, "ask">>,
): Promise<ExistingDatabase | undefined> {
  try {
    const api = await open();
    // Missing is the database, or the operator and its kinds as well.
    const found = await api.ask<ClusterObject>(pathOf(namespace)).catch(unlessMissing);
    return found && read(found);
  } catch (error) {
    const { message } = error as Error;
    if (!pulumi.runtime.isDryRun())
      throw new pulumi.RunError(`the database: must be known before it is touched; ${message}`, { cause: error });
    await pulumi.log.warn(`${message}; whether there is a database already is not known`);
    return undefined;
  }
}

function read({ metadata, spec }: ClusterObject): ExistingDatabase {
  const made = metadata.annotations?.[RECOVERY];
  return {
    server: spec.plugins?.[0]?.parameters?.serverName,
    recovery: made === undefined ? undefined : archiveRecoverySchema.parse(JSON.parse(made)),
  };
}
