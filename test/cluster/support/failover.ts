import { until, type Site } from "./site.ts";

interface Cluster {
  readonly status: {
    readonly currentPrimary: string;
    readonly instanceNames: readonly string[];
    readonly phase: string;
  };
}

const HEALTHY = "Cluster in healthy state";
const cluster = async ({ kubeJson }: Site) => (await kubeJson<Cluster>(["get", "cluster", "postgres"])).status;

/** Waits until an instance other than `before` is primary, and all other instances follow it. Returns its name. */
export async function newPrimary(site: Site, before: string): Promise<string> {
  await until("another primary, with its replicas", 300, async () => {
    const { currentPrimary, phase } = await cluster(site);
    if (currentPrimary === before || phase !== HEALTHY) return false;
    return (await site.sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum'"))[0] === "2";
  });
  return (await cluster(site)).currentPrimary;
}

/** Starts a switchover, as `kubectl cnpg promote` does. Returns the old primary. */
export async function switchOver(site: Site): Promise<string> {
  const { currentPrimary, instanceNames } = await cluster(site);
  const targetPrimary = instanceNames.find((name) => name !== currentPrimary)!;
  const status = { targetPrimary, targetPrimaryTimestamp: new Date().toISOString(), phase: "Switchover in progress" };
  await site.kube([
    "patch",
    "cluster",
    "postgres",
    "--subresource=status",
    "--type=merge",
    "-p",
    JSON.stringify({ status }),
  ]);
  return currentPrimary;
}

/** Deletes the primary's pod without a shutdown, as the loss of its node would. Returns its name. */
export async function killPrimary(site: Site): Promise<string> {
  const { currentPrimary } = await cluster(site);
  await site.kube(["delete", "pod", currentPrimary, "--grace-period=0", "--force", "--wait=false"]);
  return currentPrimary;
}

/** Fences these instances, which stops their servers, and no others: an empty list ends the fencing. */
export async function fenceInstances(site: Site, names: readonly string[]): Promise<void> {
  const annotation = names.length > 0 ? `cnpg.io/fencedInstances=${JSON.stringify(names)}` : "cnpg.io/fencedInstances-";
  await site.kube(["annotate", "--overwrite", "cluster", "postgres", annotation]);
  const streaming = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'quorum'";
  const { instanceNames } = await cluster(site);
  await until(`${names.join(", ") || "nothing"} to be fenced`, 120, async () => {
    return (await site.sql(streaming))[0] === String(instanceNames.length - names.length - 1);
  });
}
