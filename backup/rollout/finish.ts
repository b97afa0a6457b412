import type { RolloutPlan } from "../contract/rollout.ts";
import { PREVIOUS } from "../contract/rollout.ts";
import { BackupError } from "../errors.ts";
import { areReady } from "./pods.ts";
import { templateOf } from "./previous.ts";
import { weightOf, withoutCanary } from "./route.ts";
import { secondsBetween, SiteDriver, type Surroundings, versionOf } from "./site-driver.ts";
import { type RolloutState, stateOf } from "./state.ts";
import { Unfit } from "./unfit.ts";

type Plan = Pick<RolloutPlan, "readySeconds" | "strategy">;

/**
 * After a rollout at whose end the new version had all requests: leads them to the stable release, which runs it too by now. Of a
 * blue-green rollout it keeps the version before, in the place of the other release. Every step may be repeated.
 */
export async function finish(world: Surroundings, plan: Plan, version: string): Promise<void> {
  const { say, site } = world;
  const driver = new SiteDriver(world);
  const route = await driver.patiently(() => site.route());
  let state = route && stateOf(route);
  if (state?.version !== version || state.decision !== "passed" || state.switchedBack)
    return say("no rollout of this version holds the requests: nothing to hand over");
  if (weightOf(route!.spec.rules) > 0) {
    await stableReady(world, driver, plan, version);
    state = { ...state, ...(plan.strategy === "blue-green" && state.previous ? { kept: state.previous } : {}) };
    await driver.write(withoutCanary, state);
    say("the stable release runs the new version, and serves all requests");
  }
  if (state.kept) await keep(world, driver, state, state.kept, plan);
  else await driver.scale(0);
}

async function stableReady({ now, pause }: Surroundings, driver: SiteDriver, plan: Plan, version: string) {
  const started = now();
  for (;;) {
    const [stable] = await driver.deployments();
    if (versionOf(stable) === version && areReady(stable, stable.spec.replicas)) return;
    if (secondsBetween(started, now()) > plan.readySeconds)
      throw new BackupError(
        "refused",
        `stable release: must run version ${version} with all its pods within ${plan.readySeconds} s, got ${versionOf(stable) ?? "another"} ` +
          `with ${stable.status.readyReplicas} of ${stable.spec.replicas}; the new version still serves beside it, run pulumi up again`,
      );
    await pause();
  }
}

/** The update is done, whether the version before can be kept or not. */
async function keep(world: Surroundings, driver: SiteDriver, state: RolloutState, kept: string, plan: Plan) {
  const { say, site } = world;
  const [stable, canary] = await driver.deployments();
  if (versionOf(canary) !== kept) {
    const template = templateOf(await driver.patiently(() => site.configMap(PREVIOUS)), kept, canary);
    if (!template) return forget(driver, state, say, "it is not remembered");
    // Without pods meanwhile, because a rolling update would need one more than both releases have.
    await driver.scale(0);
    await driver.patiently(() => site.replaceCanary(template));
  }
  await driver.scale(stable.spec.replicas);
  try {
    await driver.ready(stable.spec.replicas, plan.readySeconds);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return forget(driver, state, say, error.message);
  }
  say(
    `version ${kept} stands by with ${stable.spec.replicas} pods, until the next rollout: make switch-back leads all requests to it`,
  );
}

async function forget(driver: SiteDriver, state: RolloutState, say: (line: string) => void, why: string) {
  const { kept, ...rest } = state;
  say(`version ${kept} is not kept: ${why}; make rollback goes back to it`);
  await driver.write((rules) => [...rules], rest);
  await driver.scale(0);
}
