import { rmSync } from "node:fs";
import { kubectl } from "../../../local/cluster/cluster.ts";
import { inState } from "../../../local/lib/paths.ts";
import { cancelDead, pulumi } from "../../../local/stack/pulumi.ts";

/** A rehearsed stack is gone, as when its cluster burned down and the state of the stack with it. What is in the store stays. */
export async function lose(stack: "prod" | "dr"): Promise<void> {
  const namespace = `acci-${stack}`;
  await kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]);
  // Nothing ends in good order in a fire; and of a pod that may take half an hour to end, the namespace waits for a quarter of one.
  await kubectl(["delete", "pods", "--all", `--namespace=${namespace}`, "--force", "--grace-period=0", "--wait=false"]);
  await kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait=true", "--timeout=300s"]);
  await kubectl(["delete", "clusterissuer", `acme-of-${stack}`, "--ignore-not-found"]);
  // A run that was killed in the middle of an update.
  await cancelDead(stack);
  await pulumi(stack, ["stack", "rm", "--force", "--yes", "--preserve-config"]).catch(() => undefined);
  for (const file of [`Pulumi.${stack}.yaml`, `store-keys.${stack}.sha256`])
    rmSync(inState("pulumi", file), { force: true });
}
