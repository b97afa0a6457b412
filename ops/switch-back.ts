import { setTimeout as sleep } from "node:timers/promises";
import { patchType, type Send, siteObjects } from "../backup/rollout/cluster.ts";
import * as rollout from "../backup/rollout/switch-back.ts";
import { ROLLBACK_MINUTES } from "../helm-history/interrupted.ts";
import { HelmHistory } from "../helm-history/records.ts";
import { revisionOf } from "../helm-history/version.ts";
import { ApiError, type KubeApi, openApi } from "../kubernetes/api.ts";
import { recordSwitchBack } from "./backup.ts";
import { say, showHelm } from "./kubectl.ts";
import { requireServed } from "./rollback.ts";
import { release, type Site, whereabouts } from "./site.ts";

const POLL_MS = 500;

/** Leads all requests to the version before at once, and then rolls the release back to it while it serves nobody. */
export async function switchBack(site: Site): Promise<void> {
  const api = await openApi(whereabouts(site));
  const history = new HelmHistory(api, site.namespace, release);
  const world = {
    site: siteObjects(site.namespace, sending(api)),
    now: () => new Date(),
    pause: () => sleep(POLL_MS),
    say,
  };
  await rollout.switchBack(world, {
    require: async (version) => requireServed(site, String(await revisionOf(history, version))),
    async rollBack(version) {
      const wait = ["--wait", `--timeout=${ROLLBACK_MINUTES}m`];
      await showHelm(site, ["rollback", release, String(await revisionOf(history, version)), ...wait]);
    },
    record: async (startedAt, seconds) => void (await recordSwitchBack(site, startedAt, seconds)),
  });
  say(`the next \`pulumi up\` deploys what Pulumi.${site.stack}.yaml says: put the old version there too`);
}

/** The API as the rollout's Job uses it. */
const sending =
  (api: KubeApi): Send =>
  async (method, path, body) => {
    try {
      const answer = await api.ask<unknown>(path, { method, ...(body ? { body, contentType: patchType(body) } : {}) });
      return { status: 200, body: JSON.stringify(answer) };
    } catch (error) {
      if (error instanceof ApiError) return { status: error.status, body: error.message };
      throw error;
    }
  };
