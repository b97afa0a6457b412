import fc from "fast-check";
import { BLUE_GREEN, CanarySite, type Faults, PLAN, PODS } from "../testing/canary-site.ts";
import { Rollout } from "./rollout.ts";

const start = (site: CanarySite, owner = "job", version = "two", plan = PLAN) =>
  new Rollout(site.world, plan, { owner, version }).run();

const faulty = (faults: Faults) => Object.assign(new CanarySite(), { faults });

test("a good canary gets its weights one after the other, and leaves the route and no pod behind", async () => {
  const site = new CanarySite();
  const before = structuredClone(site.route!.spec);
  const ended = await start(site);
  expect(ended).toMatchObject({ decision: "passed", done: [{ verdict: "for" }, { verdict: "for" }] });
  expect(site.journal).toEqual(["weight 0", "pods 1", "weight 10", "pods 2", "weight 50", "weight 0", "pods 0"]);
  expect(site.route!.spec).toEqual(before);
});

test.each<[string, Faults, RegExp]>([
  [
    "fails a tenth of its requests",
    { failing: 0.1 },
    /^failed requests of the canary: must be at most 0.1 %.* got 1\d/,
  ],
  ["crashes", { restartsAfter: 10 }, /^container acci of pod canary-0: must not restart, got 1.*137 \(OOMKilled\)/],
  ["is never ready", { neverReady: true }, /^pods of the canary: must be ready within 120 s, got 0 of 1/],
  ["cannot be judged", { prometheusAway: true }, /^verdict: must be reached within the step, got none: prometheus/],
])("a canary that %s is taken back in its first step: first the requests, then the pods", async (_, faults, reason) => {
  const site = faulty(faults);
  const ended = await start(site);
  expect(ended!.decision).toBe("taken back");
  expect(ended!.reasons![0]).toMatch(reason);
  expect(site.journal).not.toContain("weight 50");
  expect(site.journal.slice(-2)).toEqual(["weight 0", "pods 0"]);
});

test("what a bad canary hurts is at most a poll's requests times its weight and what of them fails", async () => {
  const site = faulty({ failing: 0.1 });
  await start(site);
  // 100 requests a second, 3 seconds, 10 %, of which a tenth.
  expect(site.hurt).toBeLessThanOrEqual(2 * 3);
});

test("a step without enough requests is given as much time again", async () => {
  // 10 % of 100 requests a second: 900 are there after 90 s of the first step, whose time is 60 s.
  const site = faulty({ routeAway: true });
  const ended = await start(site, "job", "two", { ...PLAN, minRequests: 900 });
  expect(ended!.decision).toBe("passed");
  expect(ended!.done.map(({ seconds }) => seconds)).toEqual([90, 60]);
});

test("what users do not send it sends itself, and no more than is missing", async () => {
  const site = new CanarySite();
  await start(site);
  expect(site.own).toBe(0);
  const quiet = new CanarySite();
  const ended = await start(quiet, "job", "two", { ...PLAN, minRequests: 900 });
  expect(ended!.done.map(({ seconds, verdict }) => [seconds, verdict])).toEqual([
    [60, "for"],
    [60, "for"],
  ]);
  expect(quiet.own).toBeGreaterThan(200);
  expect(quiet.own).toBeLessThanOrEqual(900);
});

test("without Prometheus it goes on where that is configured", async () => {
  const site = faulty({ prometheusAway: true });
  const ended = await start(site, "job", "two", { ...PLAN, inconclusive: "pass" });
  expect(ended).toMatchObject({ decision: "passed", done: [{ verdict: "open" }, { verdict: "open" }] });
});

test("whoever takes over after a kill at any moment goes on to the same end, and repeats no step", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 4 }), async (kills) => {
      const site = new CanarySite();
      for (const after of kills) {
        let pauses = 0;
        site.onPause = () => {
          if (++pauses === after) throw new Error("killed");
        };
        await start(site).catch(() => undefined);
      }
      site.onPause = () => {};
      const ended = await start(site);
      expect(ended!.decision).toBe("passed");
      expect(site.journal.filter((line) => line === "weight 50")).toHaveLength(1);
      expect([site.weight, site.replicas]).toEqual([0, 0]);
    }),
    { numRuns: 50 },
  );
});

test("a rollout of another Job takes the weight away before it begins, and the one before ends", async () => {
  const site = new CanarySite();
  let second: Promise<unknown> | undefined;
  site.onPause = () => {
    if (site.weight === 10 && !second) {
      site.versions["acci-framework-canary"] = "three";
      second = start(site, "another job", "three");
    }
  };
  await expect(start(site)).rejects.toThrow(/^rollout: must be the newest one, got a canary of another version/);
  expect(await second).toMatchObject({ decision: "passed", version: "three" });
  expect([site.weight, site.replicas]).toEqual([0, 0]);
});

test("a weight that somebody else has changed ends it", async () => {
  const site = new CanarySite();
  site.onPause = () => {
    if (site.weight === 10)
      site.route = { ...site.route!, spec: { rules: [{ backendRefs: [{ name: "acci-framework" }] }] } };
  };
  expect(await start(site)).toMatchObject({
    decision: "taken back",
    reasons: ["weight of the canary: must be 10, got 0; somebody else has changed the route"],
  });
});

const blueGreen = (site: CanarySite, owner = "job") => start(site, owner, "two", BLUE_GREEN);

test("a new color has all its pods before the first request, is tried without users, and then has all requests at once", async () => {
  const site = new CanarySite();
  const weights: number[] = [];
  site.onPause = () => void weights.push(site.weight);
  const ended = await blueGreen(site);
  expect(ended).toMatchObject({ decision: "passed", previous: "one", done: [{ weight: 0 }, { weight: 100 }] });
  expect(new Set(weights)).toEqual(new Set([0, 100]));
  expect(site.own).toBe(BLUE_GREEN.minRequests);
  // It keeps them until the stable release runs the new version.
  expect([site.weight, site.replicas]).toEqual([100, PODS]);
  expect(site.previous).toMatchObject({ data: { LOG_LEVEL: "of one" } });
});

test.each<[string, Faults, RegExp]>([
  [
    "fails",
    { failing: 0.5 },
    /^own requests of the rollout: must be answered, got 3 of 6 failed, last with status 500/,
  ],
  ["fails now and then", { failing: 0.1 }, /^own requests of the rollout: must be answered, got 3 of 30 failed/],
  [
    "is not reached",
    { routeAway: true },
    /^verdict: must be reached within the step, got none: 0 requests of the canary, fewer than 100/,
  ],
  ["crashes", { restartsAfter: 10 }, /^container acci of pod canary-0/],
])("a new color that %s meets no user", async (_, faults, reason) => {
  const site = faulty(faults);
  const ended = await blueGreen(site);
  expect(ended!.reasons![0]).toMatch(reason);
  expect(site.journal).not.toContain("weight 100");
  expect([site.weight, site.replicas]).toEqual([0, 0]);
});

test("a controller that is replaced while a new color is tried is waited for", async () => {
  const site = faulty({ routeAway: true });
  site.onPause = () => {
    if (site.seconds > 30) site.faults = {};
  };
  expect(await blueGreen(site)).toMatchObject({ decision: "passed", done: [{ verdict: "for" }, { verdict: "for" }] });
});

test("a new color that fails only once users come is switched back before the next look but one", async () => {
  const site = new CanarySite();
  site.onPause = () => {
    if (site.weight === 100) site.faults = { failing: 0.1 };
  };
  expect(await blueGreen(site)).toMatchObject({
    decision: "taken back",
    done: [{ verdict: "for" }, { verdict: "against" }],
  });
  expect(site.hurt).toBeLessThanOrEqual(0.1 * 100 * 6);
});

test("whoever takes over a blue-green rollout after a kill at any moment goes on to the same end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }), async (kills) => {
      const site = new CanarySite();
      for (const after of kills) {
        let pauses = 0;
        site.onPause = () => {
          if (++pauses === after) throw new Error("killed");
        };
        await blueGreen(site).catch(() => undefined);
      }
      site.onPause = () => {};
      expect(await blueGreen(site)).toMatchObject({ decision: "passed", previous: "one" });
      expect([site.weight, site.replicas]).toEqual([100, PODS]);
    }),
    { numRuns: 50 },
  );
});

test("before the first installation there is nothing to compare with, and nothing is done", async () => {
  const site = Object.assign(new CanarySite(), { route: undefined });
  expect(await start(site)).toBeUndefined();
  expect(site.journal).toEqual([]);
});

test("what runs already is not rolled out, and a canary that was left is removed", async () => {
  const site = new CanarySite();
  site.onPause = () => {
    if (site.weight === 50) throw new Error("killed");
  };
  await expect(start(site)).rejects.toThrow("killed");
  site.onPause = () => {};
  site.versions["acci-framework"] = "two";
  expect(await start(site)).toBeUndefined();
  expect([site.weight, site.replicas]).toEqual([0, 0]);
});

test("a failed rollout that is tried again begins anew", async () => {
  const site = faulty({ failing: 0.1 });
  await start(site, "first");
  site.faults = {};
  expect(await start(site, "second")).toMatchObject({ decision: "passed", owner: "second" });
});
