import { BackupError } from "../errors.ts";
import { areReady } from "./pods.ts";
import { weightOf, withCanary, withoutCanary } from "./route.ts";
import { secondsBetween, SiteDriver, type Surroundings, versionOf } from "./site-driver.ts";
import { type RolloutState, stateOf } from "./state.ts";

/** What becomes of the stable release after the switch. */
export interface Stable {
  /** Throws when the version cannot be gone back to. */
  readonly require: (version: string) => Promise<void>;
  /** Returns when all its pods run the version. */
  readonly rollBack: (version: string) => Promise<void>;
  /** Adds the switch to the record of the rollout. */
  readonly record: (startedAt: string, seconds: number) => Promise<void>;
}

/**
 * Leads all requests to the version before, at once. During a rollout that is the stable release. After a blue-green one it is what stands
 * by; the stable release is then rolled back while it serves nobody, and gets the requests again.
 */
export async function switchBack(world: Surroundings, stable: Stable): Promise<void> {
  const { now } = world;
  const started = now();
  const driver = new SiteDriver(world);
  const route = await driver.route();
  const state = stateOf(route);
  const [of, other] = await driver.deployments();
  const weight = weightOf(route.spec.rules);
  if (state?.kept && weight > 0) return goOn(world, driver, state, state.kept, stable);
  if (state && weight > 0) return duringRollout(world, driver, state, started, stable);
  const kept = state?.kept;
  if (
    !kept ||
    versionOf(other) !== kept ||
    versionOf(of) === kept ||
    !areReady(other, other.spec.replicas) ||
    other.spec.replicas === 0
  )
    throw new BackupError(
      "refused",
      `switch-back: must find the version before standing by, got ${kept ? `pods that are not ready or not of version ${kept}` : "none"}; ` +
        "it is kept after a blue-green rollout, until the application is deployed again; use make rollback",
    );
  await stable.require(kept);
  const switched = { ...state, switchedBack: { at: now().toISOString(), seconds: 0 } };
  await driver.write((rules) => withCanary(rules, 100), switched);
  const took = tell(world, `version ${kept}`, started);
  await record(world, state, took, stable);
  await goOn(world, driver, { ...switched, switchedBack: { ...switched.switchedBack, seconds: took } }, kept, stable);
}

/** The stable release still runs the version before, with all its pods. */
async function duringRollout(
  world: Surroundings,
  driver: SiteDriver,
  state: RolloutState,
  started: Date,
  stable: Stable,
): Promise<void> {
  const at = world.now().toISOString();
  await driver.write(withoutCanary, { ...state, switchedBack: { at, seconds: secondsSince(started, world) } });
  const took = tell(world, "the stable release", started);
  // Otherwise the Job that rolls out sees it, ends the canary's pods and records it.
  if (!state.decision) return;
  await driver.scale(0);
  await record(world, state, took, stable);
}

async function goOn(world: Surroundings, driver: SiteDriver, state: RolloutState, kept: string, stable: Stable) {
  await stable.rollBack(kept);
  const { kept: _, ...rest } = state;
  await driver.write(withoutCanary, rest);
  await driver.scale(0);
  world.say("the stable release is rolled back, and serves all requests");
}

/** Rounded to a tenth. */
const secondsSince = (started: Date, { now }: Surroundings) => Math.round(secondsBetween(started, now()) * 10) / 10;

/** The requests are led back already, so a record that cannot be written is only told. */
const record = ({ say }: Surroundings, { startedAt }: RolloutState, seconds: number, stable: Stable) =>
  stable.record(startedAt, seconds).catch((error: Error) => say(`the record: ${error.message}`));

function tell(world: Surroundings, what: string, started: Date): number {
  const seconds = secondsSince(started, world);
  world.say(`${what} serves all requests, ${seconds} s after the command began`);
  return seconds;
}
