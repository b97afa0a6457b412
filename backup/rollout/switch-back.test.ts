import { BLUE_GREEN, CanarySite, PODS } from "../testing/canary-site.ts";
import { finish } from "./finish.ts";
import { Rollout } from "./rollout.ts";
import { type Stable, switchBack } from "./switch-back.ts";

const rollout = (site: CanarySite) => new Rollout(site.world, BLUE_GREEN, { owner: "job", version: "two" }).run();
const finished = (site: CanarySite) => finish(site.world, BLUE_GREEN, "two");

/** A site whose stable release has been updated after a rollout. */
async function updated(): Promise<CanarySite> {
  const site = new CanarySite();
  await rollout(site);
  site.versions["acci-framework"] = "two";
  return site;
}

/** The stable release as `helm rollback` changes it. */
function release(site: CanarySite, over: Partial<Stable> = {}) {
  const recorded: [string, number][] = [];
  const stable: Stable = {
    require: async () => {},
    rollBack: async (version) => {
      // It must serve nobody meanwhile.
      expect(site.weight).toBe(100);
      site.versions["acci-framework"] = version;
    },
    record: async (...told) => void recorded.push(told),
    ...over,
  };
  return { recorded, stable };
}

test("the stable release gets the requests once it runs the new version, and the version before stands by", async () => {
  const site = await updated();
  const before = structuredClone(site.route!.spec);
  await finished(site);
  expect(before).not.toEqual(site.route!.spec);
  expect([site.weight, site.replicas]).toEqual([0, PODS]);
  expect(site.journal.slice(-4)).toEqual(["weight 0", "pods 0", "canary is one", `pods ${PODS}`]);
  // With the settings of then, and found by the Service of the other release.
  expect(site.kept).toMatchObject({
    metadata: { labels: { of: "acci-framework-canary" } },
    spec: { containers: [{ image: "image of one", envFrom: [{ configMapRef: { name: "acci-framework-previous" } }] }] },
  });
});

test("a finish that is killed and begins again ends alike", async () => {
  for (let after = 1; after < 6; after++) {
    const site = await updated();
    let pauses = 0;
    site.onPause = () => {
      if (++pauses === after) throw new Error("killed");
    };
    const slow = { ...site.faults, neverReady: true };
    site.faults = slow;
    await expect(finished(site)).rejects.toThrow("killed");
    site.faults = {};
    site.onPause = () => {};
    await finished(site);
    expect([site.weight, site.replicas, site.versions["acci-framework-canary"]]).toEqual([0, PODS, "one"]);
  }
});

test("a stable release that does not run the new version gets no request, and the new color goes on", async () => {
  const site = new CanarySite();
  await rollout(site);
  await expect(finished(site)).rejects.toThrow(
    /^stable release: must run version two with all its pods within 120 s, got one with 4 of 4/,
  );
  expect([site.weight, site.replicas]).toEqual([100, PODS]);
});

test("a version before that does not become ready is not kept, and the update is done all the same", async () => {
  const site = await updated();
  site.faults = { neverReady: true };
  await finished(site);
  expect([site.weight, site.replicas]).toEqual([0, 0]);
  expect(site.said.at(-1)).toMatch(/^version one is not kept: pods of the canary: must be ready.*make rollback/);
  await expect(switchBack(site.world, release(site).stable)).rejects.toThrow(
    /^switch-back: must find the version before standing by, got none;.*use make rollback$/,
  );
});

test("after the update all requests go to the version before at once, and the stable release follows meanwhile", async () => {
  const site = await updated();
  await finished(site);
  const { recorded, stable } = release(site);
  await switchBack(site.world, stable);
  expect(site.versions["acci-framework"]).toBe("one");
  expect([site.weight, site.replicas]).toEqual([0, 0]);
  expect(site.journal.slice(-3)).toEqual(["weight 100", "weight 0", "pods 0"]);
  expect(recorded).toEqual([[expect.stringMatching(/^1970/), expect.any(Number)]]);
  expect(site.said.join()).toContain("version one serves all requests");
});

test("a switch back that died goes on where it was", async () => {
  const site = await updated();
  await finished(site);
  const dies = release(site, { rollBack: () => Promise.reject(new Error("killed")) });
  await expect(switchBack(site.world, dies.stable)).rejects.toThrow("killed");
  // The version before serves, and no update changes that.
  expect(site.weight).toBe(100);
  await finished(site);
  expect(site.weight).toBe(100);
  await switchBack(site.world, release(site).stable);
  expect([site.weight, site.replicas, site.versions["acci-framework"]]).toEqual([0, 0, "one"]);
});

test("what cannot be gone back to is refused before a request moves", async () => {
  const site = await updated();
  await finished(site);
  const { stable } = release(site, { require: () => Promise.reject(new Error("no such revision")) });
  const before = site.journal.length;
  await expect(switchBack(site.world, stable)).rejects.toThrow("no such revision");
  expect(site.journal).toHaveLength(before);
});

test("during the bake the stable release has the requests at once, and the rollout ends as taken back", async () => {
  const site = new CanarySite();
  let switched: Promise<void> | undefined;
  site.onPause = () => {
    if (site.weight === 100) switched ??= switchBack(site.world, release(site).stable);
  };
  expect(await rollout(site)).toMatchObject({
    decision: "taken back",
    reasons: ["rollout: must be left alone, got switched back by hand"],
    switchedBack: { seconds: expect.any(Number) },
  });
  await switched;
  expect([site.weight, site.replicas]).toEqual([0, 0]);
});

test("after an update that failed, the new color gives the requests back, and ends", async () => {
  const site = new CanarySite();
  await rollout(site);
  const { recorded, stable } = release(site);
  await switchBack(site.world, stable);
  expect([site.weight, site.replicas]).toEqual([0, 0]);
  expect(recorded).toHaveLength(1);
});

test("without a rollout there is nothing to go back to", async () => {
  const site = new CanarySite();
  await expect(switchBack(site.world, release(site).stable)).rejects.toThrow("got none");
});
