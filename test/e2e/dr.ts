import { rmSync } from "node:fs";
import { kubectl } from "../../local/cluster/cluster.ts";
import { inState } from "../../local/lib/paths.ts";
import { pulumi } from "../../local/stack/pulumi.ts";
import { Site } from "./site.ts";

export const dr = new Site("acci-dr", "dr.acci-framework.dev");

/** What the dr stack must be told to fit beside dev, with so many percent of its limits, and to stand in for it. */
export const rehearsalOf = (limits: number) => ({
  "acci:footprint": { requests: limits / 2, limits, volumes: 2 },
  "acci:platform": { certManager: { mode: "preinstalled" } },
  "acci:tls": { issuer: "acme-of-dr" },
  "acci:exposure": { host: dr.host },
  "acci:postgres": { antiAffinity: "preferred", instances: 2 },
  "acci:backups": { store: { prefix: "dev" } },
});

export const rehearsal = rehearsalOf(12);

/** As when its cluster burned down, and the state of its stack with it. */
export async function destroyDr(): Promise<void> {
  await kubectl(["delete", "namespace", dr.namespace, "--ignore-not-found", "--wait=true", "--timeout=300s"]);
  await kubectl(["delete", "clusterissuer", "acme-of-dr", "--ignore-not-found"]);
  await pulumi("dr", ["stack", "rm", "--force", "--yes", "--preserve-config"]).catch(() => undefined);
  for (const file of ["Pulumi.dr.yaml", "store-keys.dr.sha256"]) rmSync(inState("pulumi", file), { force: true });
}
