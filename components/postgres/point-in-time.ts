import * as pulumi from "@pulumi/pulumi";
import { canUseHooks } from "../../engine/hooks.ts";

export interface Recovery {
  /** Folder of the archive: the `server` of the database that wrote it. */
  readonly from: string;
  /** UTC. @default - the end of the archived WAL */
  readonly at?: string;
  /** Id of the base backup to start from. @default - the operator chooses it */
  readonly backup?: string;
}

/** Annotation of a database that was made for a failover: the recovery, as it was decided. */
export const RECOVERY = "acci.dev/recovery";

export const PLUGIN = "barman-cloud.cloudnative-pg.io";
const SOURCE = "archive";

const plugin = (barmanObjectName: pulumi.Input<string>, serverName: string) => ({
  name: PLUGIN,
  parameters: { barmanObjectName, serverName },
});

/** The part of a Cluster's spec that sends its WAL to a folder of the archive. */
export const archiving = (objectStore: pulumi.Input<string>, server: string) => ({
  plugins: [{ ...plugin(objectStore, server), isWALArchiver: true }],
});

/** The part of a Cluster's spec that starts it from the folder of another, instead of empty. */
export function recovering(
  objectStore: pulumi.Input<string>,
  { at, backup, from }: Recovery,
  owner: {
    readonly database: string;
    readonly owner: string;
    readonly secret: { readonly name: pulumi.Input<string> };
  },
) {
  const target = {
    ...(backup === undefined ? {} : { backupID: backup }),
    ...(at === undefined ? {} : { targetTime: asOffset(at) }),
  };
  const recoveryTarget = Object.keys(target).length > 0 ? { recoveryTarget: target } : {};
  return {
    bootstrap: { recovery: { source: SOURCE, ...owner, ...recoveryTarget } },
    externalClusters: [{ name: SOURCE, plugin: plugin(objectStore, from) }],
  };
}

/** Time with `+00` in place of `Z`: Postgres reads its recovery target before it knows the names of time zones. */
const asOffset = (utc: string) => utc.replace("T", " ").replace("Z", "+00");

/** Why a change of an existing Cluster cannot work: the operator reads the bootstrap section only once, and would do nothing. */
export function recoveryProblem(before: unknown, after: unknown): string | undefined {
  const [was, is] = [before, after].map((inputs) => JSON.stringify(recoveryOf(inputs)));
  if (is === undefined || is === was) return undefined;
  return (
    "acci:postgres.walArchive.recover: makes a new database only, and this one exists; recover into a stack of its own, " +
    "or delete the Cluster postgres first (docs/runbooks/point-in-time.md)"
  );
}

type Inputs = { spec?: { bootstrap?: { recovery?: unknown }; externalClusters?: unknown } } | undefined;
const recoveryOf = (inputs: unknown) => {
  const { spec } = (inputs as Inputs) ?? {};
  return spec?.bootstrap?.recovery && { ...spec.bootstrap, clusters: spec.externalClusters };
};

/** Hook that refuses such a change before anything is touched. */
export function refuseLateRecovery(name: string): pulumi.ResourceHook[] {
  if (!canUseHooks()) return [];
  const refuse = new pulumi.ResourceHook(`${name}-recovery`, ({ newInputs, oldInputs }) => {
    const problem = recoveryProblem(oldInputs, newInputs);
    if (problem) throw new Error(problem);
  });
  return [refuse];
}
