import { setTimeout as sleep } from "node:timers/promises";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import { inCluster, siteObjects } from "../rollout/cluster.ts";
import { openPrometheus } from "../rollout/measure.ts";
import { recordRollout } from "../rollout/record.ts";
import { Rollout } from "../rollout/rollout.ts";
import type { RolloutState } from "../rollout/state.ts";
import type { Settings } from "../settings.ts";
import { withStore } from "./run.ts";

const POLL_MS = 3000;

/** Rolls the canary out, and fails with the reasons if it was taken back. */
export async function rolloutCommand(settings: Settings): Promise<void> {
  const { jobUid: owner, rollout: plan, site, version } = settings;
  const world = {
    site: siteObjects(site, inCluster()),
    query: openPrometheus(plan.prometheus),
    namespace: site,
    now: () => new Date(),
    pause: () => sleep(POLL_MS),
    say,
  };
  const ended = await new Rollout(world, plan, { owner, version }).run();
  if (!ended) return;
  await record(settings, ended);
  const { decision, done, reasons = [] } = ended;
  if (decision === "passed")
    return void say(`the canary is good after ${done.length} steps; the stable release is next`);
  throw new BackupError(
    "refused",
    [
      `canary: must keep to the objectives, got one that was taken back in step ${Math.max(1, done.length)} of ${plan.steps.length}`,
      ...reasons,
      "the stable release serves all requests as before; mend the version and run pulumi up again",
    ].join("\n  "),
  );
}

/** The rollout is what it is, also where it cannot be recorded. */
async function record(settings: Settings, { owner: _, ...ended }: RolloutState): Promise<void> {
  const finishedAt = new Date().toISOString();
  await withStore(settings, (store) => recordRollout(store, { site: settings.site, ...ended, finishedAt })).catch(
    (error: Error) => say(`the record of the rollout: could not be written, ${error.message}`),
  );
}
