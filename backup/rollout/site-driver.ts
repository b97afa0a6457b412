import { ANNOTATIONS, RELEASES } from "../contract/rollout.ts";
import { BackupError } from "../errors.ts";
import { Changed, type SiteObjects } from "./cluster.ts";
import type { Deployment, Route, Rule } from "./objects.ts";
import { areReady, restarts, waitingFor } from "./pods.ts";
import { annotation, type RolloutState } from "./state.ts";
import { Unfit } from "./unfit.ts";

/** The site and the time; a test has faster ones. */
export interface Surroundings {
  readonly site: SiteObjects;
  readonly now: () => Date;
  readonly pause: () => Promise<void>;
  readonly say: (line: string) => void;
}

/** How long the controller has to take over a route. */
const ROUTE_SECONDS = 30;
/** How long the Kubernetes API may be away. */
const PATIENCE_SECONDS = 600;

/** Changes the route and the canary's pods, and waits until the cluster has followed. */
export class SiteDriver {
  readonly #world: Surroundings;
  readonly #mustOwn: (route: Route) => void;

  /** @param mustOwn throws when the rollout in the route is another one */
  constructor(world: Surroundings, mustOwn: (route: Route) => void = () => {}) {
    this.#world = world;
    this.#mustOwn = mustOwn;
  }

  /** The stable release's Deployment, and the canary's. */
  async deployments(): Promise<readonly [stable: Deployment, canary: Deployment]> {
    const found = await Promise.all(
      [RELEASES.stable, RELEASES.canary].map(async (name) => {
        const deployment = await this.patiently(() => this.#world.site.deployment(name));
        if (deployment) return deployment;
        throw new BackupError("refused", `deployment ${name}: must be there, got none; run pulumi up again`);
      }),
    );
    return [found[0]!, found[1]!];
  }

  async route(): Promise<Route> {
    const route = await this.patiently(() => this.#world.site.route());
    if (route) return route;
    throw new BackupError(
      "refused",
      `route ${RELEASES.stable}: must be there during a rollout, got none; run pulumi up again`,
    );
  }

  async ownRoute(): Promise<Route> {
    const route = await this.route();
    this.#mustOwn(route);
    return route;
  }

  /** Writes the rules and the state, and waits until the controller has read them. */
  async write(change: (rules: readonly Rule[]) => Rule[], state: RolloutState): Promise<void> {
    for (;;) {
      const route = await this.ownRoute();
      try {
        await this.patiently(() => this.#world.site.writeRoute(route, change(route.spec.rules), annotation(state)));
        break;
      } catch (error) {
        if (!(error instanceof Changed)) throw error;
      }
    }
    await this.taken();
  }

  /** Waits until the controller has read the route. */
  async taken(): Promise<void> {
    const { now, pause, say } = this.#world;
    const started = now();
    for (;;) {
      const { metadata, status } = await this.route();
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

  scale = (pods: number): Promise<void> => this.patiently(() => this.#world.site.scaleCanary(pods));

  /** Waits until so many pods of the canary are ready; throws {@link Unfit} when they are not, or restart. */
  async ready(pods: number, seconds: number): Promise<void> {
    const { now, pause, site } = this.#world;
    const started = now();
    for (;;) {
      const [, present] = await this.deployments();
      if (areReady(present, pods)) return;
      const found = await this.patiently(() => site.canaryPods());
      const troubles = restarts(found);
      if (troubles.length > 0) throw new Unfit(troubles);
      if (secondsBetween(started, now()) > seconds)
        throw new Unfit([
          `pods of the canary: must be ready within ${seconds} s, got ${present.status.readyReplicas} of ${pods} (${waitingFor(found)})`,
        ]);
      await pause();
    }
  }

  /** Tries again for as long as the Kubernetes API is away: the weights stay as they are meanwhile. */
  async patiently<T>(work: () => Promise<T>): Promise<T> {
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

/** Digest of what the pods run. @returns undefined for a release that was deployed before it had a rollout */
export const versionOf = ({ spec }: Deployment): string | undefined =>
  spec.template.metadata?.annotations?.[ANNOTATIONS.version];

export const secondsBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / 1000;
