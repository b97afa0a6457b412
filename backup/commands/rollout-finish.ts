import { finish } from "../rollout/finish.ts";
import type { Settings } from "../settings.ts";
import { surroundings } from "./rollout.ts";

/** Leads the requests back to the stable release, which runs the new version by now. */
export const rolloutFinishCommand = ({ rollout: plan, site, version }: Settings): Promise<void> =>
  finish(surroundings(site), plan, version);
