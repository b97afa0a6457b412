import type { Footprint } from "../../../config/footprint.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { Site } from "./site.ts";

/** A site that was silent for longer is dead: sooner than by default, for the tests wait for it. */
export const SILENCE_SECONDS = 20;

const hostOf = (stack: string) => `${stack}.acci-framework.dev`;

export const prod = new Site("acci-prod", hostOf("prod"));

/** What prod, or dr in its place, must be told to fit beside dev, in the same cluster and on one small node; its shape stays. */
export const besideDev = (
  stack: "prod" | "dr",
  footprint: Footprint = { requests: 6, limits: 12, volumes: 2 },
): Readonly<Record<string, unknown>> => ({
  "acci:footprint": footprint,
  // The stack dev has installed it, and owns the issuer of the usual name.
  "acci:platform": { certManager: { mode: "preinstalled" } },
  "acci:tls": { issuer: `acme-of-${stack}` },
  "acci:exposure": { host: hostOf(stack) },
  "acci:postgres": { antiAffinity: "preferred" },
  "acci:backups": { silenceSeconds: SILENCE_SECONDS },
});

/** With so many rotations of every password. */
const rotated = (rotations: number) => {
  const names = ["postgresOwner", "postgresApp", "postgresBackup", "postgresRestore", "redis"];
  return { "acci:rotation": Object.fromEntries(names.map((name) => [name, rotations])) };
};

/** How often the tests replace them. Who comes later finds the site so, or makes it so. */
export const ROTATIONS = 2;

/** The prod stack as the tests leave it. */
export const rehearsal = { ...besideDev("prod"), ...rotated(ROTATIONS) };

export const pulumiProd = (...args: string[]) => pulumi("prod", args, { config: rehearsal });

export const upProd = (rotations = ROTATIONS): Promise<string> =>
  pulumi("prod", ["up", "--yes", "--skip-preview"], { config: { ...rehearsal, ...rotated(rotations) } });

/** As an operator would on purpose: what is protected is unprotected by name, and what is kept is then deleted by hand. */
export async function destroyProd(): Promise<void> {
  await pulumi("prod", ["state", "unprotect", "--all", "--yes"]);
  await pulumiProd("destroy", "--yes", "--skip-preview");
}
