import { ROLLBACK_MINUTES } from "../helm-history/interrupted.ts";
import { say, showHelm } from "./kubectl.ts";
import { release, type Site } from "./site.ts";

/** Lists the releases of the application that a rollback can return to. */
export const history = (site: Site) => showHelm(site, ["history", release]);

/** Rolls the application back to the previous release, or to the revision given, without a dropped request. */
export async function rollback(site: Site, [revision]: readonly string[]): Promise<void> {
  const wait = ["--wait", `--timeout=${ROLLBACK_MINUTES}m`];
  await showHelm(site, ["rollback", release, ...(revision ? [revision] : []), ...wait]);
  await history(site);
  say(`the next \`pulumi up\` deploys what Pulumi.${site.stack}.yaml says: put the old version there too`);
}
