import { HelmHistory } from "./records.ts";
import type { KubeApi } from "../kubernetes/api.ts";

/**
 * Makes way for a release that is about to be installed. Where there is one of that name already, the update that installed it died before it
 * wrote that down, or the state was lost; Helm would refuse the name for ever. Only its history is removed: its objects carry the release's
 * name, so the install takes them over as they run. Answers whether there was one.
 */
export async function forgetRelease(api: KubeApi, namespace: string, name: string): Promise<boolean> {
  const history = new HelmHistory(api, namespace, name);
  const revisions = await history.revisions();
  for (const { number } of revisions) await history.forget(number);
  return revisions.length > 0;
}
