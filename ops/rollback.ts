import { ROLLBACK_MINUTES } from "../helm-history/interrupted.ts";
import { say, showHelm } from "./kubectl.ts";
import { release, type Site } from "./site.ts";

/** The releases of the application that can be gone back to. */
export const history = (site: Site) => showHelm(site, ["history", release]);

/** Back to the release before, or to the revision given, without a dropped request. */
export async function rollback(site: Site, [revision]: readonly string[]): Promise<void> {
  const wait = ["--wait", `--timeout=${ROLLBACK_MINUTES}m`];
  await showHelm(site, ["rollback", release, ...(revision ? [revision] : []), ...wait]);
  await history(site);
  say(`the next \`pulumi up\` deploys what Pulumi.${site.stack}.yaml says: put the old version there too`);
}
