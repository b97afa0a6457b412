import { ANNOTATIONS, EXTENDED, longestSeconds, RELEASES, type RolloutPlan } from "../contract/rollout.ts";
import { BackupError } from "../errors.ts";
import { Changed, type SiteObjects } from "./cluster.ts";
import { figures, judge, type Seen, type Verdict } from "./judge.ts";
import { type Measured, measure, type Query } from "./measure.ts";
import type { Route, Rule } from "./objects.ts";
import { areReady, podsFor, restarts, waitingFor } from "./pods.ts";
import { weightOf, withCanary, withoutCanary } from "./route.ts";
import { annotation, type RolloutState, stateOf, type StepRecord } from "./state.ts";
import { Unfit } from "./unfit.ts";

/** What the rollout needs of the world; a test has a faster one. */
export interface World {
  readonly site: SiteObjects;
  readonly query: Query;
  readonly namespace: string;
  readonly now: () => Date;
  readonly pause: () => Promise<void>;
  readonly say: (line: string) => void;
}

/** How long the controller has to take over a route. */
const ROUTE_SECONDS = 30;
/** Seconds in which nothing is said of a step that goes on. */
const QUIET_SECONDS = 30;
/** How long the Kubernetes API may be away. */
const PATIENCE_SECONDS = 600;

/**
 * Leads requests to the canary step by step, judges each step, and takes them away again. All that it must remember is in an annotation of
 * the route, written together with the weights, so that whoever takes its place goes on where it was.
 */
export class Rollout {
  readonly #world: World;
  readonly #plan: RolloutPlan;
  readonly #version: string;
  readonly #owner: string;

  constructor(world: World, plan: RolloutPlan, { owner, version }: { owner: string; version: string }) {
    this.#world = world;
    this.#plan = plan;
    this.#owner = owner;
    this.#version = version;
  }

  /** @returns the state in which the rollout ended, or undefined if there was nothing to roll out */
  async run(): Promise<RolloutState | undefined> {
    const { say } = this.#world;
    const route = await this.#patiently(() => this.#world.site.route());
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
    const [stable, canary] = await this.#deployments();
    const versionOf = (deployment: typeof stable) =>
      deployment.spec.template.metadata?.annotations?.[ANNOTATIONS.version];
    if (versionOf(canary) !== this.#version) throw superseded();
    const running = versionOf(stable);
    if (running !== undefined) return running === this.#version;
    // Deployed before it had a canary: the same images are the same version.
    const images = ({ spec }: typeof stable) => spec.template.spec.containers.map(({ image }) => image).join(" ");
    return images(stable) === images(canary);
  }

  async #deployments() {
    const found = await Promise.all(
      [RELEASES.stable, RELEASES.canary].map(async (name) => {
        const deployment = await this.#patiently(() => this.#world.site.deployment(name));
        if (deployment) return deployment;
        throw new BackupError("refused", `deployment ${name}: must be there, got none; run pulumi up again`);
      }),
    );
    return [found[0]!, found[1]!] as const;
  }

  /** Goes on with a rollout of this Job; one of an earlier Job is over, and its weight is taken away. */
  async #claim(route: Route): Promise<RolloutState> {
    const found = stateOf(route);
    if (found?.owner === this.#owner) {
      this.#world.say(`goes on at step ${found.done.length + 1} of ${this.#plan.steps.length}`);
      return found;
    }
    const state = {
      owner: this.#owner,
      version: this.#version,
      startedAt: this.#world.now().toISOString(),
      done: [],
    };
    try {
      await this.#world.site.writeRoute(route, withoutCanary(route.spec.rules), annotation(state));
    } catch (error) {
      if (!(error instanceof Changed)) throw error;
      return this.#claim(await this.#routeThere());
    }
    return state;
  }

  async #step(begun: RolloutState): Promise<RolloutState> {
    const { now, pause, say } = this.#world;
    const number = begun.done.length + 1;
    const { seconds, weight } = this.#plan.steps[number - 1]!;
    const title = `step ${number} of ${this.#plan.steps.length}, ${weight} % of the requests`;
    let state = begun;
    if (!state.since) {
      await this.#grow(weight, title);
      state = { ...state, since: now().toISOString() };
      await this.#write((rules) => withCanary(rules, weight), state);
      say(`${title}: begins`);
    }
    const since = new Date(state.since!);
    for (let said = since; ;) {
      await pause();
      const elapsed = secondsBetween(since, now());
      const seen = await this.#look(since, weight);
      const verdict = judge(seen, this.#plan);
      const told = `${title}, ${Math.round(elapsed)} s: ${tell(seen)}`;
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

  /** As many pods of the canary as its share asks for; never fewer than it has. */
  async #grow(weight: number, title: string): Promise<void> {
    const { now, pause, say, site } = this.#world;
    const [stable, canary] = await this.#deployments();
    const pods = Math.max(podsFor(stable.spec.replicas, weight), canary.spec.replicas);
    if (canary.spec.replicas !== pods) {
      say(`${title}: ${pods} of the canary's pods are started`);
      await this.#patiently(() => site.scaleCanary(pods));
    }
    const started = now();
    for (;;) {
      const [, present] = await this.#deployments();
      if (areReady(present, pods)) return;
      const found = await this.#patiently(() => site.canaryPods());
      const troubles = restarts(found);
      if (troubles.length > 0) throw new Unfit(troubles);
      if (secondsBetween(started, now()) > this.#plan.readySeconds)
        throw new Unfit([
          `pods of the canary: must be ready within ${this.#plan.readySeconds} s, got ${present.status.readyReplicas} of ${pods} (${waitingFor(found)})`,
        ]);
      await pause();
    }
  }

  async #look(since: Date, weight: number): Promise<Seen> {
    const { namespace, now, query, site } = this.#world;
    const { rules } = (await this.#ownRoute()).spec;
    const troubles = restarts(await this.#patiently(() => site.canaryPods()));
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

  /** Leads every request to the stable release, and only then ends the canary's pods. */
  async #end(
    state: RolloutState,
    decision: NonNullable<RolloutState["decision"]>,
    reasons?: readonly string[],
  ): Promise<RolloutState> {
    const ended = { ...withoutSince(state), decision, ...(reasons ? { reasons: [...reasons] } : {}) };
    await this.#write(withoutCanary, ended);
    await this.#patiently(() => this.#world.site.scaleCanary(0));
    return ended;
  }

  /** Without a rollout there is no canary, whoever left it. */
  async #clear(route: Route): Promise<void> {
    if (weightOf(route.spec.rules) > 0) {
      const state = stateOf(route);
      await this.#world.site.writeRoute(route, withoutCanary(route.spec.rules), state ? annotation(state) : {});
      await this.#taken();
    }
    await this.#patiently(() => this.#world.site.scaleCanary(0));
  }

  /** Writes the rules and the state, and waits until the controller has read them. */
  async #write(change: (rules: readonly Rule[]) => Rule[], state: RolloutState): Promise<void> {
    for (;;) {
      const route = await this.#ownRoute();
      try {
        await this.#patiently(() => this.#world.site.writeRoute(route, change(route.spec.rules), annotation(state)));
        break;
      } catch (error) {
        if (!(error instanceof Changed)) throw error;
      }
    }
    await this.#taken();
  }

  async #taken(): Promise<void> {
    const { now, pause, say } = this.#world;
    const started = now();
    for (;;) {
      const { metadata, status } = await this.#routeThere();
      const conditions = (status?.parents ?? []).flatMap((parent) => parent.conditions ?? []);
      if (
        conditions.length > 0 &&
        conditions.every(({ observedGeneration = 0 }) => observedGeneration >= metadata.generation)
      )
        return;
      if (secondsBetween(started, now()) > ROUTE_SECONDS)
        return say(`the controller has not said within ${ROUTE_SECONDS} s that it has the route`);
      await pause();
    }
  }

  async #ownRoute(): Promise<Route> {
    const route = await this.#routeThere();
    if (stateOf(route)?.owner !== this.#owner) throw superseded();
    return route;
  }

  async #routeThere(): Promise<Route> {
    const route = await this.#patiently(() => this.#world.site.route());
    if (route) return route;
    throw new BackupError(
      "refused",
      `route ${RELEASES.stable}: must be there during a rollout, got none; run pulumi up again`,
    );
  }

  /** Tries again for as long as the Kubernetes API is away: the weights stay as they are meanwhile. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const { now, pause, say } = this.#world;
    const started = now();
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof Changed || secondsBetween(started, now()) > PATIENCE_SECONDS) throw error;
        if (tries === 1) say(`${(error as Error).message}; is tried again`);
        await pause();
      }
    }
  }
}

const superseded = () =>
  new BackupError(
    "refused",
    "rollout: must be the newest one, got a canary of another version; see the rollout after it",
  );

const secondsBetween = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 1000;

const withoutSince = ({ since: _, ...state }: RolloutState): RolloutState => state;

const of = (measured: Measured | undefined) => (measured ? { canary: measured.canary, stable: measured.stable } : {});

const tell = ({ measured, unknown }: Seen) =>
  measured
    ? `${figures("canary", measured.canary)}; ${figures("stable", measured.stable)}`
    : `nothing measured (${unknown ?? "no reason told"})`;
