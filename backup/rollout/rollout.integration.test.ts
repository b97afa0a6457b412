import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../../tooling/until.ts";
import { RELEASES, type RolloutPlan } from "../contract/rollout.ts";
import { CanarySite, PLAN } from "../testing/canary-site.ts";
import { PrometheusServer } from "../testing/prometheus.ts";
import { ScrapedPod } from "../testing/scraped-pod.ts";
import { Rollout } from "./rollout.ts";

/** Requests a second of all users. */
const RATE = 200;
const TICK_MS = 50;
const LIMIT = 256 * 2 ** 20;
const steps = [
  { weight: 20, seconds: 4 },
  { weight: 50, seconds: 4 },
];
const plan: RolloutPlan = { ...PLAN, steps, minRequests: 50, memoryBytes: LIMIT };

/** What is wrong with a version: of each request, and with each second. */
interface Version {
  readonly failing?: number;
  readonly slow?: number;
  readonly leaksPerSecond?: number;
}

const pods = { [RELEASES.stable]: new ScrapedPod(), [RELEASES.canary]: new ScrapedPod() };
const [stable, canary] = Object.values(pods) as [ScrapedPod, ScrapedPod];
const MEMORY = canary.memory;
let prometheus: PrometheusServer;

beforeAll(async () => {
  stable.ok = 1;
  prometheus = await PrometheusServer.start("acci-test", pods);
  await until("a scrape", 60, async () => (await prometheus.requests(RELEASES.stable)) > 0);
});
afterAll(async () => {
  await prometheus.stop();
  for (const pod of Object.values(pods)) pod.close();
});

/** Users of a site whose two releases a real Prometheus scrapes, and a rollout in seconds. */
class Trial {
  readonly site = new CanarySite();
  hurt = 0;
  readonly #version: Version;
  readonly #users: NodeJS.Timeout;
  #owed = 0;
  #wrong = { failing: 0, slow: 0 };

  constructor(version: Version) {
    this.#version = version;
    this.#users = setInterval(() => this.#serve((RATE * TICK_MS) / 1000), TICK_MS);
  }

  #serve(requests: number): void {
    stable.ok += requests;
    this.#owed += (requests * this.site.weight) / 100;
    if (this.site.replicas > 0) canary.memory += (this.#version.leaksPerSecond ?? 0) * (TICK_MS / 1000);
    for (; this.#owed >= 1; this.#owed--) {
      stable.ok -= 1;
      if (this.#happens("failing")) {
        canary.failed += 1;
        this.hurt += 1;
      } else canary.ok += 1;
      if (this.#happens("slow")) {
        canary.slow += 1;
        this.hurt += 1;
      }
    }
  }

  /** As often as it should, evenly: chance would make the counts of a test differ. */
  #happens(what: "failing" | "slow"): boolean {
    this.#wrong[what] += this.#version[what] ?? 0;
    if (this.#wrong[what] < 1) return false;
    this.#wrong[what] -= 1;
    return true;
  }

  run(of: RolloutPlan = plan) {
    const { pause, ...world } = this.site.world;
    return new Rollout(
      {
        ...world,
        query: prometheus.query,
        now: () => new Date(),
        pause: async () => {
          await sleep(500);
          await pause();
        },
      },
      of,
      { owner: "job", version: "two" },
    ).run();
  }

  stop(): void {
    clearInterval(this.#users);
  }
}

let trial: Trial;
/** The pods of one version are gone when those of the next come, with what they used of memory. */
async function start(version: Version): Promise<void> {
  canary.memory = MEMORY;
  const used = `max(process_memory_rss_bytes{job="${RELEASES.canary}"})`;
  // The last requests of the one before would be counted as those of the next.
  const isSeen = async () =>
    (await prometheus.query(used, new Date()))[0]?.value === MEMORY &&
    (await prometheus.requests(RELEASES.canary)) === canary.ok + canary.failed;
  await until("a scrape of the new version", 30, isSeen);
  trial = new Trial(version);
}
afterEach(() => trial.stop());

const MEBIBYTE = 2 ** 20;

test.each<[string, Version, RegExp]>([
  ["that fails a tenth of its requests", { failing: 0.1 }, /^failed requests of the canary/],
  ["that is slow with every third", { slow: 1 / 3 }, /^requests of the canary that took longer than 0.5 s/],
  ["that leaks memory", { leaksPerSecond: 80 * MEBIBYTE }, /^memory of a pod of the canary: must be at most 90 %/],
])("a version %s is taken back within its first step, by what Prometheus counts", async (what, version, reason) => {
  await start(version);
  const ended = await trial.run();
  process.stdout.write(`a version ${what}: ${trial.hurt} requests were hurt\n`);
  expect(ended).toMatchObject({ decision: "taken back", done: [{ weight: 20 }] });
  expect(ended!.reasons![0]).toMatch(reason);
  // At most its weight times what of them is bad, of the requests of one step.
  const bad = (version.failing ?? 0) + (version.slow ?? 0);
  expect(trial.hurt).toBeLessThanOrEqual(RATE * steps[0]!.seconds * 0.2 * bad);
  expect([trial.site.weight, trial.site.replicas]).toEqual([0, 0]);
});

test("a good version goes to the end, and Prometheus has counted its share of the requests", async () => {
  await start({});
  const ended = await trial.run();
  expect(ended).toMatchObject({ decision: "passed", done: [{ verdict: "for" }, { verdict: "for" }] });
  expect(trial.hurt).toBe(0);
  const [first, second] = ended!.done;
  expect(second!.canary!.count).toBeGreaterThan(1.5 * first!.canary!.count);
});

test("a Prometheus that is lost in the middle of a step leaves it open, which is a failure where it is so configured", async () => {
  await start({});
  let lost: Promise<void> | undefined;
  trial.site.onPause = () => {
    if (trial.site.weight === 20) lost ??= prometheus.stop();
  };
  const ended = await trial.run({ ...plan, steps: [{ weight: 20, seconds: 3 }] });
  await lost;
  expect(ended).toMatchObject({ decision: "taken back", done: [{ verdict: "open" }] });
  expect(ended!.reasons![0]).toMatch(/^verdict: must be reached within the step, got none: /);
});
