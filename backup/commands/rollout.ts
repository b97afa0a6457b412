import { setTimeout as sleep } from "node:timers/promises";
import { CANARY_HEADER } from "../contract/rollout.ts";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import { inCluster, siteObjects } from "../rollout/cluster.ts";
import { openPrometheus } from "../rollout/measure.ts";
import { recordRollout } from "../rollout/record.ts";
import { Rollout } from "../rollout/rollout.ts";
import type { RolloutState } from "../rollout/state.ts";
import type { Settings } from "../settings.ts";
import { ask } from "../smoke-test/ask.ts";
import { withStore } from "./run.ts";

const POLL_MS = 3000;

/** Rolls the canary out, and fails with the reasons if it was taken back. */
export async function rolloutCommand(settings: Settings): Promise<void> {
  const { certificateFile, host, jobUid: owner, rollout: plan, route: address, site, version } = settings;
  const headers = { ...plan.headers, [CANARY_HEADER.name]: CANARY_HEADER.value };
  const world = {
    ...surroundings(site),
    query: openPrometheus(plan.prometheus),
    namespace: site,
    request: async () => (await ask(`https://${host}${plan.path}`, { address, certificateFile }, headers)).status,
  };
  const ended = await new Rollout(world, plan, { owner, version }).run();
  if (!ended) return;
  await record(settings, ended);
  const { decision, done, reasons = [] } = ended;
  if (decision === "passed")
    return void say(`the new version is good after ${done.length} steps; the stable release is next`);
  throw new BackupError(
    "refused",
    [
      `canary: must keep to the objectives, got one that was taken back in step ${Math.max(1, done.length)} of ${plan.steps.length}`,
      ...reasons,
      "the stable release serves all requests as before; mend the version and run pulumi up again",
    ].join("\n  "),
  );
}

/** The site around a pod in it. */
export const surroundings = (site: string) => ({
  site: siteObjects(site, inCluster()),
  now: () => new Date(),
  pause: () => sleep(POLL_MS),
  say,
});

/** The rollout is what it is, also where it cannot be recorded. */
async function record(settings: Settings, { kept: _, owner: __, ...ended }: RolloutState): Promise<void> {
  const finishedAt = new Date().toISOString();
  await withStore(settings, (store) => recordRollout(store, { site: settings.site, ...ended, finishedAt })).catch(
    (error: Error) => say(`the record of the rollout: could not be written, ${error.message}`),
  );
}
