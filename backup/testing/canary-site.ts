import { ANNOTATIONS, RELEASES, type RolloutPlan } from "../contract/rollout.ts";
import { Changed, type SiteObjects } from "../rollout/cluster.ts";
import type { Query, Sample } from "../rollout/measure.ts";
import type { ConfigMap, Deployment, Pod, Route, Template } from "../rollout/objects.ts";
import { weightOf } from "../rollout/route.ts";
import type { World } from "../rollout/rollout.ts";

export const PLAN: RolloutPlan = {
  strategy: "canary",
  steps: [
    { weight: 10, seconds: 60 },
    { weight: 50, seconds: 60 },
  ],
  readySeconds: 120,
  prometheus: "http://prometheus.monitoring.svc:9090",
  minRequests: 100,
  path: "/",
  headers: {},
  inconclusive: "fail",
  objectives: { failed: 0.001, slow: 0.01, slowSeconds: 0.5 },
  memoryBytes: 256 * 2 ** 20,
};

export const BLUE_GREEN: RolloutPlan = {
  ...PLAN,
  strategy: "blue-green",
  steps: [
    { weight: 0, seconds: 60 },
    { weight: 100, seconds: 120 },
  ],
};

/** What is wrong with the canary, or with what watches it. */
export interface Faults {
  /** Part of the canary's requests that fail. */
  failing?: number;
  /** Seconds after which a pod of the canary restarts. */
  restartsAfter?: number;
  neverReady?: boolean;
  prometheusAway?: boolean;
  /** The route does not answer the rollout's own requests. */
  routeAway?: boolean;
}

/** Requests a second of the whole site. */
const RATE = 100;
/** Pods of the stable release. */
export const PODS = 4;

/** A site in memory, with a clock that only pauses move. Keeps a journal of what was written. */
export class CanarySite {
  seconds = 0;
  readonly journal: string[] = [];
  readonly said: string[] = [];
  faults: Faults = {};
  /** Runs at each pause; it may throw, as a process that is killed does. */
  onPause: () => void = () => {};
  route: Route | undefined = {
    metadata: { resourceVersion: "1", generation: 1 },
    spec: { rules: [{ backendRefs: [{ name: RELEASES.stable, port: 8080, weight: 1 }] }] },
    status: { parents: [{ conditions: [{ observedGeneration: 1 }] }] },
  };
  readonly versions: Record<string, string | undefined> = { [RELEASES.stable]: "one", [RELEASES.canary]: "two" };
  replicas = 0;
  /** Requests that the rollout has made itself. */
  own = 0;
  #ownFailed = 0;
  previous: ConfigMap | undefined;
  #kept: Template | undefined;
  #startedAt = 0;
  /** Requests so far, by release and status. */
  readonly #counts = new Map<string, number>();
  #history: { readonly at: number; readonly counts: ReadonlyMap<string, number> }[] = [];

  get world(): World {
    return {
      site: this.#objects,
      query: this.#query,
      namespace: "acci-test",
      now: () => new Date(this.seconds * 1000),
      pause: async () => {
        this.#advance(3);
        this.onPause();
      },
      say: (line) => void this.said.push(line),
      request: async () => {
        if (this.faults.routeAway) throw new Error("connect ECONNREFUSED");
        const failed = ++this.own * (this.faults.failing ?? 0) >= this.#ownFailed + 1;
        if (failed) this.#ownFailed += 1;
        this.#count(`${RELEASES.canary} ${failed ? 500 : 200}`, 1);
        return failed ? 500 : 200;
      },
    };
  }

  /** What the canary's pods are made of, if that is not the chart's. */
  get kept(): Template | undefined {
    return this.#kept;
  }

  get weight(): number {
    return weightOf(this.route?.spec.rules ?? []);
  }

  /** Requests of the canary that failed. */
  get hurt(): number {
    return this.#counts.get(`${RELEASES.canary} 500`) ?? 0;
  }

  #advance(seconds: number) {
    this.seconds += seconds;
    const requests = RATE * seconds;
    const ofCanary = Math.round((requests * this.weight) / 100);
    const failed = Math.round(ofCanary * (this.faults.failing ?? 0));
    this.#count(`${RELEASES.canary} 500`, failed);
    this.#count(`${RELEASES.canary} 200`, ofCanary - failed);
    this.#count(`${RELEASES.stable} 200`, requests - ofCanary);
    this.#history.push({ at: this.seconds, counts: new Map(this.#counts) });
  }

  #count(key: string, more: number) {
    if (more > 0) this.#counts.set(key, (this.#counts.get(key) ?? 0) + more);
  }

  readonly #objects: SiteObjects = {
    route: async () => structuredClone(this.route),
    writeRoute: async (read, rules, annotations) => {
      const { metadata } = this.route!;
      if (read.metadata.resourceVersion !== metadata.resourceVersion) throw new Changed("changed");
      const generation = metadata.generation + 1;
      this.route = {
        metadata: {
          resourceVersion: String(generation),
          generation,
          annotations: { ...metadata.annotations, ...annotations },
        },
        spec: { rules },
        status: { parents: [{ conditions: [{ observedGeneration: generation }] }] },
      };
      this.journal.push(`weight ${this.weight}`);
    },
    deployment: async (name): Promise<Deployment> => {
      const pods = name === RELEASES.canary ? this.replicas : PODS;
      const ready = name === RELEASES.canary && this.faults.neverReady ? 0 : pods;
      const version = this.versions[name];
      return {
        metadata: { generation: 1 },
        spec: {
          replicas: pods,
          template: {
            metadata: { labels: { of: name }, ...(version ? { annotations: { [ANNOTATIONS.version]: version } } : {}) },
            spec: { containers: [{ image: `image of ${version}`, envFrom: [{ configMapRef: { name } }] }] },
            ...(name === RELEASES.canary ? this.#kept : {}),
          },
        },
        status: { observedGeneration: 1, replicas: pods, updatedReplicas: pods, readyReplicas: ready },
      };
    },
    scaleCanary: async (replicas) => {
      this.replicas = replicas;
      this.#startedAt = this.seconds;
      this.journal.push(`pods ${replicas}`);
    },
    replaceCanary: async (template) => {
      this.#kept = template;
      this.versions[RELEASES.canary] = template.metadata?.annotations?.[ANNOTATIONS.version];
      this.journal.push(`canary is ${this.versions[RELEASES.canary]}`);
    },
    configMap: async (name) =>
      name === RELEASES.stable
        ? { metadata: {}, data: { LOG_LEVEL: `of ${this.versions[RELEASES.stable]}` } }
        : structuredClone(this.previous),
    writePrevious: async (data, annotations) => {
      this.previous = { metadata: { annotations }, data };
    },
    canaryPods: async (): Promise<Pod[]> => {
      const { restartsAfter = Infinity } = this.faults;
      const restartCount = this.seconds - this.#startedAt >= restartsAfter ? 1 : 0;
      return Array.from({ length: this.replicas }, (_, i) => ({
        metadata: { name: `canary-${i}` },
        status: {
          containerStatuses: [
            { name: "acci", restartCount, lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } },
          ],
        },
      }));
    },
  };

  readonly #query: Query = async (expr, at) => {
    if (this.faults.prometheusAway) throw new Error("prometheus: must answer with 200, got 503");
    if (!expr.includes("http_requests_total")) return [];
    const then = this.#history.findLast((entry) => entry.at * 1000 <= at.getTime());
    return [...(then?.counts ?? [])].map(([key, value]): Sample => {
      const [job = "", status = ""] = key.split(" ");
      return { labels: { job, status, pod: job }, value };
    });
  };
}
