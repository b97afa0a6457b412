import { HelmHistory } from "./records.ts";
import type { KubeApi } from "../kubernetes/api.ts";

/**
 * Removes the history of a release that is about to be installed, if there is one. An update that died before it recorded the release, or
 * a lost state, leaves such a history, and Helm would refuse the name. Objects stay: they carry the release's name, so the install adopts
 * them. Returns whether there was one.
 */
export async function forgetRelease(api: KubeApi, namespace: string, name: string): Promise<boolean> {
  const history = new HelmHistory(api, namespace, name);
  const revisions = await history.revisions();
  for (const { number } of revisions) await history.forget(number);
  return revisions.length > 0;
}
