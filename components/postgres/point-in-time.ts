import * as pulumi from "@pulumi/pulumi";
import { canUseHooks } from "../../engine/hooks.ts";

export interface Recovery {
  /** Folder of the archive, as the database that wrote it was told. */
  readonly from: string;
  /** UTC. @default - the end of the log */
  readonly at?: string;
}

export const PLUGIN = "barman-cloud.cloudnative-pg.io";
const SOURCE = "archive";

const plugin = (barmanObjectName: pulumi.Input<string>, serverName: string) => ({
  name: PLUGIN,
  parameters: { barmanObjectName, serverName },
});

/** The part of a Cluster's spec that sends its log to a folder of the archive. */
export const archiving = (objectStore: pulumi.Input<string>, server: string) => ({
  plugins: [{ ...plugin(objectStore, server), isWALArchiver: true }],
});

/** The part that makes it from another's folder, in place of an empty one. */
export function recovering(
  objectStore: pulumi.Input<string>,
  { at, from }: Recovery,
  owner: {
    readonly database: string;
    readonly owner: string;
    readonly secret: { readonly name: pulumi.Input<string> };
  },
) {
  const recoveryTarget = at === undefined ? {} : { recoveryTarget: { targetTime: asOffset(at) } };
  return {
    bootstrap: { recovery: { source: SOURCE, ...owner, ...recoveryTarget } },
    externalClusters: [{ name: SOURCE, plugin: plugin(objectStore, from) }],
  };
}

/** Postgres reads its recovery target before it knows the name of any time zone, and `Z` is one. */
const asOffset = (utc: string) => utc.replace("T", " ").replace("Z", "+00");

/** What is wrong with a change of a Cluster that exists: the operator reads its bootstrap once, and would do nothing. */
export function recoveryProblem(before: unknown, after: unknown): string | undefined {
  const [was, is] = [before, after].map((inputs) => JSON.stringify(recoveryOf(inputs)));
  if (is === undefined || is === was) return undefined;
  return (
    "acci:postgres.archive.recover: makes a new database only, got one that exists; recover into a stack of its own, " +
    "or delete the Cluster postgres first (docs/runbooks/point-in-time.md)"
  );
}

type Inputs = { spec?: { bootstrap?: { recovery?: unknown }; externalClusters?: unknown } } | undefined;
const recoveryOf = (inputs: unknown) => {
  const { spec } = (inputs as Inputs) ?? {};
  return spec?.bootstrap?.recovery && { ...spec.bootstrap, clusters: spec.externalClusters };
};

/** Refuses such a change before anything is touched. */
export function refuseLateRecovery(name: string): pulumi.ResourceHook[] {
  if (!canUseHooks()) return [];
  const refuse = new pulumi.ResourceHook(`${name}-recovery`, ({ newInputs, oldInputs }) => {
    const problem = recoveryProblem(oldInputs, newInputs);
    if (problem) throw new Error(problem);
  });
  return [refuse];
}
