import { ROLLBACK_MINUTES } from "../helm-history/interrupted.ts";
import { HelmHistory } from "../helm-history/records.ts";
import { openApi } from "../kubernetes/api.ts";
import { deployedOf, misfitOfRevision, oldestServed } from "../release/schema-fit.ts";
import { say, showHelm } from "./kubectl.ts";
import { release, type Site, whereabouts } from "./site.ts";

/** Lists the releases of the application that a rollback can return to. */
export const history = (site: Site) => showHelm(site, ["history", release]);

/**
 * Rolls the application back to the previous release, or to the revision given, without a dropped request. Refuses before anything is
 * changed when the site's schema no longer serves that application.
 */
export async function rollback(site: Site, [revision]: readonly string[]): Promise<void> {
  await requireServed(site, revision);
  const wait = ["--wait", `--timeout=${ROLLBACK_MINUTES}m`];
  await showHelm(site, ["rollback", release, ...(revision ? [revision] : []), ...wait]);
  await history(site);
  say(`the next \`pulumi up\` deploys what Pulumi.${site.stack}.yaml says: put the old version there too`);
}

/** Throws when the site's schema no longer serves the application of that revision. */
export async function requireServed(site: Site, revision: string | undefined): Promise<void> {
  const api = await openApi(whereabouts(site));
  const deployed = await deployedOf(new HelmHistory(api, site.namespace, release));
  // As Helm counts: the revision before the last, whether that was deployed or not.
  const target = revision ? Number(revision) : (deployed.at(-1)?.number ?? 0) - 1;
  const misfit = misfitOfRevision(target, deployed);
  if (misfit) throw new Error(misfit);
  const oldest = oldestServed(deployed);
  if (oldest > 0 && !deployed.find(({ number }) => number === target)?.schema)
    say(
      `revision ${target} does not say which schema it needs, and this site's serves applications with migration ${oldest} or a later one`,
    );
}
