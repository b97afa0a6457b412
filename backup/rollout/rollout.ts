import { EXTENDED, holds, longestSeconds, type RolloutPlan } from "../contract/rollout.ts";
import { BackupError } from "../errors.ts";
import { Changed } from "./cluster.ts";
import { figures, judge, type Seen, type Verdict } from "./judge.ts";
import { type Measured, measure, type Query } from "./measure.ts";
import type { Route } from "./objects.ts";
import { OwnRequests, type Request } from "./own-requests.ts";
import { podsFor, restarts } from "./pods.ts";
import { remember } from "./previous.ts";
import { leadsToCanary, weightOf, withCanary, withoutCanary } from "./route.ts";
import { secondsBetween, SiteDriver, type Surroundings, versionOf } from "./site-driver.ts";
import { annotation, type RolloutState, stateOf, type StepRecord } from "./state.ts";
import { Unfit } from "./unfit.ts";

/** What the rollout needs of the world; a test has a faster one. */
export interface World extends Surroundings {
  readonly query: Query;
  readonly namespace: string;
  /** Sends a request that reaches the canary. */
  readonly request: Request;
}

/** Seconds in which nothing is said of a step that goes on. */
const QUIET_SECONDS = 30;

/**
 * Leads requests to the canary step by step, judges each step, and takes them away again, unless the canary has all of them in the end. All
 * that it must remember is in an annotation of the route, written together with the weights, so that whoever takes its place goes on where
 * it was.
 */
export class Rollout {
  readonly #world: World;
  readonly #plan: RolloutPlan;
  readonly #version: string;
  readonly #owner: string;
  readonly #driver: SiteDriver;
  #isEnding = false;

  constructor(world: World, plan: RolloutPlan, { owner, version }: { owner: string; version: string }) {
    this.#world = world;
    this.#plan = plan;
    this.#owner = owner;
    this.#version = version;
    this.#driver = new SiteDriver(world, (route) => {
      const state = stateOf(route);
      if (state?.owner !== owner) throw superseded();
      if (state.switchedBack && !this.#isEnding) throw new Unfit([SWITCHED_BACK]);
    });
  }

  /** @returns the state in which the rollout ended, or undefined if there was nothing to roll out */
  async run(): Promise<RolloutState | undefined> {
    const { say } = this.#world;
    const route = await this.#driver.patiently(() => this.#world.site.route());
    if (!route) return void say("the site has no route yet: nothing serves that a canary could be compared with");
    if (await this.#isStable()) {
      await this.#clear(route);
      return void say("the stable release runs this version already: nothing to roll out");
    }
    let state = await this.#claim(route);
    // Decided, and perhaps not yet cleared away.
    if (state.decision) return this.#end(state, state.decision, state.reasons);
    const { steps } = this.#plan;
    try {
      while (state.done.length < steps.length) state = await this.#step(state);
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      return this.#end({ ...state, done: [...state.done, ...error.record] }, "taken back", error.reasons);
    }
    return this.#end(state, "passed");
  }

  async #isStable(): Promise<boolean> {
    const [stable, canary] = await this.#driver.deployments();
    const running = versionOf(stable);
    // The other release may have the version before then.
    if (running === this.#version) return true;
    if (versionOf(canary) !== this.#version) throw superseded();
    if (running !== undefined) return false;
    // Deployed before it had a canary: the same images are the same version.
    const images = ({ spec }: typeof stable) => spec.template.spec.containers.map(({ image }) => image).join(" ");
    return images(stable) === images(canary);
  }

  /** Goes on with a rollout of this Job; one of an earlier Job is over, and its weight is taken away. */
  async #claim(route: Route): Promise<RolloutState> {
    const found = stateOf(route);
    if (found?.owner === this.#owner) {
      this.#world.say(`goes on at step ${found.done.length + 1} of ${this.#plan.steps.length}`);
      return found;
    }
    const { now } = this.#world;
    const previous = await this.#remember();
    const state = { owner: this.#owner, version: this.#version, startedAt: now().toISOString(), done: [], ...previous };
    try {
      await this.#world.site.writeRoute(route, withoutCanary(route.spec.rules), annotation(state));
    } catch (error) {
      if (!(error instanceof Changed)) throw error;
      return this.#claim(await this.#driver.route());
    }
    return state;
  }

  /** Before anything changes, because the stable release has no other version later. */
  async #remember(): Promise<Pick<RolloutState, "previous">> {
    if (this.#plan.strategy !== "blue-green") return {};
    const [stable] = await this.#driver.deployments();
    return { previous: await remember(this.#world, this.#driver, stable) };
  }

  async #step(begun: RolloutState): Promise<RolloutState> {
    const { now, pause, say } = this.#world;
    const number = begun.done.length + 1;
    const { seconds, weight } = this.#plan.steps[number - 1]!;
    const share = weight === 0 ? "only requests with the header" : `${weight} % of the requests`;
    const title = `step ${number} of ${this.#plan.steps.length}, ${share}`;
    let state = begun;
    if (!state.since) {
      await this.#grow(weight, title);
      state = { ...state, since: now().toISOString() };
      await this.#driver.write((rules) => withCanary(rules, weight), state);
      say(`${title}: begins`);
    }
    const since = new Date(state.since!);
    const own = new OwnRequests(this.#world.request, { least: this.#plan.minRequests, seconds });
    for (let said = since; ;) {
      await pause();
      const elapsed = secondsBetween(since, now());
      const looked = await this.#look(since, weight);
      await own.fill(elapsed, looked.measured?.canary.count);
      // Beside those of users, Prometheus counts what becomes of them.
      const seen = weight === 0 ? { ...looked, troubles: [...looked.troubles, ...own.troubles] } : looked;
      const verdict = judge(seen, this.#plan);
      const told = `${title}, ${Math.round(elapsed)} s: ${tell(seen)}${own.told}`;
      const record: StepRecord = { weight, seconds: Math.round(elapsed), verdict: verdict.is, ...of(seen.measured) };
      if (verdict.is === "against") {
        say(`${told}; is taken back`);
        throw new Unfit(verdict.reasons, [record]);
      }
      if (elapsed >= seconds * (verdict.is === "open" ? EXTENDED : 1)) {
        this.#conclude(verdict, told, record);
        return { ...withoutSince(state), done: [...state.done, record] };
      }
      if (secondsBetween(new Date(state.startedAt), now()) > longestSeconds(this.#plan))
        throw new Unfit([`rollout: must end within ${longestSeconds(this.#plan)} s, got no end`], [record]);
      if (secondsBetween(said, now()) < QUIET_SECONDS) continue;
      say(`${told}; goes on`);
      said = now();
    }
  }

  #conclude(verdict: Exclude<Verdict, { is: "against" }>, told: string, record: StepRecord): void {
    if (verdict.is === "for") return this.#world.say(`${told}; is good`);
    const reason = `verdict: must be reached within the step, got none: ${verdict.reason}`;
    if (this.#plan.inconclusive === "fail") {
      this.#world.say(`${told}; is taken back`);
      throw new Unfit([reason], [record]);
    }
    this.#world.say(`${told}; is not known, and goes on as acci:rollout.judge.inconclusive says: ${verdict.reason}`);
  }

  /** As many pods of the canary as its share asks for; never fewer than it has. A new color has all of them from the first. */
  async #grow(weight: number, title: string): Promise<void> {
    const [stable, canary] = await this.#driver.deployments();
    const share = this.#plan.strategy === "blue-green" ? 100 : weight;
    const pods = Math.max(podsFor(stable.spec.replicas, share), canary.spec.replicas);
    if (canary.spec.replicas !== pods) {
      this.#world.say(`${title}: ${pods} of the canary's pods are started`);
      await this.#driver.scale(pods);
    }
    await this.#driver.ready(pods, this.#plan.readySeconds);
  }

  async #look(since: Date, weight: number): Promise<Seen> {
    const { namespace, now, query, site } = this.#world;
    const route = await this.#driver.ownRoute();
    const { rules } = route.spec;
    const troubles = restarts(await this.#driver.patiently(() => site.canaryPods()));
    if (weightOf(rules) !== weight)
      troubles.push(
        `weight of the canary: must be ${weight}, got ${weightOf(rules)}; somebody else has changed the route`,
      );
    try {
      return {
        measured: await measure(query, namespace, this.#plan.objectives.slowSeconds, since, now()),
        troubles,
      };
    } catch (error) {
      return { measured: undefined, unknown: (error as Error).message, troubles };
    }
  }

  /**
   * Leads every request to the stable release, and only then ends the canary's pods. One that has passed with all requests keeps them: the
   * stable release gets them when it runs the new version.
   */
  async #end(
    state: RolloutState,
    decision: NonNullable<RolloutState["decision"]>,
    reasons?: readonly string[],
  ): Promise<RolloutState> {
    this.#isEnding = true;
    const { switchedBack } = stateOf(await this.#driver.ownRoute()) ?? {};
    const ended = {
      ...withoutSince(state),
      decision,
      ...(reasons ? { reasons: [...reasons] } : {}),
      ...(switchedBack ? { switchedBack } : {}),
    };
    if (decision === "passed" && holds(this.#plan)) {
      // Whoever switched back after the last look has decided.
      if (switchedBack) return this.#end(state, "taken back", [SWITCHED_BACK]);
      await this.#driver.write((rules) => [...rules], ended);
      return ended;
    }
    await this.#driver.write(withoutCanary, ended);
    await this.#driver.scale(0);
    return ended;
  }

  /** Without a rollout there is no canary, whoever left it. */
  async #clear(route: Route): Promise<void> {
    if (weightOf(route.spec.rules) > 0 && holdsFor(route, this.#version)) return;
    if (stateOf(route)?.kept) return;
    if (leadsToCanary(route.spec.rules)) {
      const state = stateOf(route);
      await this.#world.site.writeRoute(route, withoutCanary(route.spec.rules), state ? annotation(state) : {});
      await this.#driver.taken();
    }
    await this.#driver.scale(0);
  }
}

const SWITCHED_BACK = "rollout: must be left alone, got switched back by hand";

/** Whether the other release has the requests until the last Job of the update hands them over. */
const holdsFor = (route: Route, version: string) => {
  const state = stateOf(route);
  return state?.version === version && state.decision === "passed" && !state.switchedBack;
};

const superseded = () =>
  new BackupError(
    "refused",
    "rollout: must be the newest one, got a canary of another version; see the rollout after it",
  );

const withoutSince = ({ since: _, ...state }: RolloutState): RolloutState => state;

const of = (measured: Measured | undefined) => (measured ? { canary: measured.canary, stable: measured.stable } : {});

const tell = ({ measured, unknown }: Seen) =>
  measured
    ? `${figures("canary", measured.canary)}; ${figures("stable", measured.stable)}`
    : `nothing measured (${unknown ?? "no reason told"})`;
