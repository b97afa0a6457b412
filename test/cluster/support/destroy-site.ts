import { rmSync } from "node:fs";
import { kubectl } from "../../../local/cluster/cluster.ts";
import { inState } from "../../../local/lib/paths.ts";
import { cancelDead, pulumi } from "../../../local/stack/pulumi.ts";

/** Removes a stack's objects and state, as the loss of its cluster would. The store keeps its dumps. */
export async function destroySite(stack: "prod" | "dr"): Promise<void> {
  const namespace = `acci-${stack}`;
  await kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]);
  // Pods are killed, because a disaster ends none of them gracefully. A pod may also take half an hour to end, and the deletion of the
  // namespace would wait a quarter of an hour for it.
  await kubectl(["delete", "pods", "--all", `--namespace=${namespace}`, "--force", "--grace-period=0", "--wait=false"]);
  await kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait=true", "--timeout=300s"]);
  await kubectl(["delete", "clusterissuer", `acme-of-${stack}`, "--ignore-not-found"]);
  // An update may have been killed, and its lock would block the next one.
  await cancelDead(stack);
  await pulumi(stack, ["stack", "rm", "--force", "--yes", "--preserve-config"]).catch(() => undefined);
  for (const file of [`Pulumi.${stack}.yaml`, `store-keys.${stack}.sha256`])
    rmSync(inState("pulumi", file), { force: true });
}
