import type { Catalogue } from "../../backup/catalogue/schema.ts";
import { pulumi } from "../../local/stack/pulumi.ts";
import { command } from "./site.ts";

/** What `make backups` says of a stack's dumps, and by which arguments; null when there never was one. */
export const catalogueOf = async (stack: string, ...args: string[]) =>
  JSON.parse(await command("backups", `STACK=${stack}`, `ARGS=${["--json", ...args].join(" ")}`)) as Catalogue | null;

/** For a site that is not lost: it is shut out, and whatever the other one has is kept aside. */
export const evenIfAlive = { "acci:restore": { evenIfAlive: true, replace: true } };

/** Dev takes over with the newest dump, whoever is in charge, and keeps nothing of what it had. */
export async function bringDevHome(): Promise<void> {
  for (const config of [evenIfAlive, {}]) await pulumi("dev", ["up", "--yes", "--skip-preview"], { config });
  await command("confirm", "STACK=dev", "YES=1");
}
