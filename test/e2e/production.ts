import { pulumi } from "../../local/stack/pulumi.ts";
import { Site } from "./site.ts";

export const prod = new Site("acci-prod", "prod.acci-framework.dev");

/** What the prod stack must be told to fit beside dev, in the same cluster and on one small node; its shape stays. */
export const rehearsal = {
  "acci:footprint": { requests: 6, limits: 12, volumes: 2 },
  // The stack dev has installed it, and owns the issuer of the usual name.
  "acci:platform": { certManager: { mode: "preinstalled" } },
  "acci:tls": { issuer: "acme-of-prod" },
  "acci:exposure": { host: prod.host },
  "acci:postgres": { antiAffinity: "preferred" },
};

export const pulumiProd = (...args: string[]) => pulumi("prod", args, { config: rehearsal });
/** With so many rotations of every password. */
export function upProd(rotations = 0): Promise<string> {
  const names = ["postgresOwner", "postgresApp", "postgresBackup", "postgresRestore", "redis"];
  const rotation = Object.fromEntries(names.map((name) => [name, rotations]));
  return pulumi("prod", ["up", "--yes", "--skip-preview"], { config: { ...rehearsal, "acci:rotation": rotation } });
}

/** As an operator would on purpose: what is protected is unprotected by name, and what is kept is then deleted by hand. */
export async function destroyProd(): Promise<void> {
  await pulumi("prod", ["state", "unprotect", "--all", "--yes"]);
  await pulumiProd("destroy", "--yes", "--skip-preview");
}
