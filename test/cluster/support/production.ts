import type { Footprint } from "../../../config/footprint.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { Site } from "./site.ts";

/** Silence after which a site counts as dead. Shorter than the default, because the tests wait for it. */
export const HEARTBEAT_TIMEOUT_SECONDS = 20;

const hostOf = (stack: string) => `${stack}.acci-framework.dev`;

export const prod = new Site("acci-prod", hostOf("prod"));

/** Configuration for prod, or for dr in its place, to fit beside dev in the same cluster on one small node. Its shape stays. */
export const besideDev = (
  stack: "prod" | "dr",
  footprint: Footprint = { requests: 6, limits: 12, volumes: 2 },
): Readonly<Record<string, unknown>> => ({
  "acci:footprint": footprint,
  // The dev stack has installed cert-manager and owns the issuer of the usual name.
  "acci:addons": { certManager: { mode: "preinstalled" } },
  "acci:tls": { issuer: `acme-of-${stack}` },
  "acci:exposure": { host: hostOf(stack) },
  "acci:postgres": { antiAffinity: "preferred" },
  "acci:backups": { heartbeatTimeoutSeconds: HEARTBEAT_TIMEOUT_SECONDS },
});

/** Configuration after that number of rotations of every password. With the last one the cache's volume grows. */
const rotated = (rotations: number) => {
  const names = ["postgresOwner", "postgresApp", "postgresBackup", "postgresRestore", "redis"];
  return {
    "acci:rotation": Object.fromEntries(names.map((name) => [name, rotations])),
    ...(rotations === ROTATIONS ? { "acci:redis": { storage: "16Gi" } } : {}),
  };
};

/** Number of rotations that the tests do. A later file finds the site so, or makes it so. */
export const ROTATIONS = 2;

/** Configuration of the prod stack as the tests leave it. */
export const rehearsal = { ...besideDev("prod"), ...rotated(ROTATIONS) };

export const pulumiProd = (...args: string[]) => pulumi("prod", args, { config: rehearsal });

export const upProd = (rotations = ROTATIONS): Promise<string> =>
  pulumi("prod", ["up", "--yes", "--skip-preview"], { config: { ...besideDev("prod"), ...rotated(rotations) } });

/** Destroys prod as an operator would on purpose: unprotects its resources, then destroys the stack. What it retains stays. */
export async function destroyProd(): Promise<void> {
  await pulumi("prod", ["state", "unprotect", "--all", "--yes"]);
  await pulumiProd("destroy", "--yes", "--skip-preview");
}
