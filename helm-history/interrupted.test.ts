import { HelmHistory } from "./records.ts";
import { clearInterrupted, repaired, repairFor } from "./interrupted.ts";
import { HelmSecrets } from "./testing/secrets.ts";

const AT_ONCE = { stoppingMs: 0, intervalMs: 1 };
const LONG_AGO = new Date(0);

let secrets: HelmSecrets;
let said: string[];
beforeEach(() => {
  secrets = new HelmSecrets();
  said = [];
});
const history = () => new HelmHistory(secrets, "acci", "acci-framework");
const clear = (patience = AT_ONCE) => clearInterrupted(history(), (line) => said.push(line), patience);

describe("Helm 3.19: `prepareUpgrade` takes the deployed revision as the base, `failRelease` the last superseded one to go back to", () => {
  test("so an upgrade that died is the base, and a copy of the one before is what is gone back to", async () => {
    secrets.add(3, "superseded");
    secrets.add(4, "deployed");
    secrets.add(5, "pending-upgrade", "Preparing upgrade");
    await clear();
    expect(secrets.shown()).toEqual([
      "3 superseded manifest 3: of 3",
      "4 superseded manifest 4: of 4",
      "5 deployed manifest 5: interrupted as pending-upgrade; the next update starts from it",
      "6 superseded manifest 4: what 4 is, to fall back to",
    ]);
    expect(said).toEqual([
      "revision 5 is pending-upgrade, and whoever made it is gone; the release is upgraded again, from what it has left",
    ]);
  });

  test("and so is a rollback that died, after the upgrade that failed", async () => {
    secrets.add(4, "deployed");
    secrets.add(5, "failed");
    secrets.add(6, "pending-rollback", "Rollback to 4", LONG_AGO);
    await clear();
    expect(secrets.shown()).toEqual([
      "4 superseded manifest 4: of 4",
      "5 failed manifest 5: of 5",
      "6 deployed manifest 6: interrupted as pending-rollback; the next update starts from it",
      "7 superseded manifest 4: what 4 is, to fall back to",
    ]);
  });

  test("one that was killed as well finds its way from every step", async () => {
    for (const killedAt of ["POST", "PUT 1", "PUT 2"]) {
      secrets = new HelmSecrets();
      secrets.add(4, "deployed");
      secrets.add(5, "pending-upgrade");
      let puts = 0;
      secrets.before = (method) => {
        if (method === "PUT") puts += 1;
        if (killedAt === (method === "PUT" ? `PUT ${puts}` : method)) throw new Error("killed");
      };
      await expect(clear()).rejects.toThrow("killed");
      secrets.before = () => undefined;
      await clear();
      const statuses = secrets.shown().map((line) => line.split(":")[0]);
      // Of two that are deployed Helm takes the later one.
      expect(statuses.slice(-2)).toEqual(["5 deployed manifest 5", "6 superseded manifest 4"]);
    }
  });
});

describe("Helm 3.19: `availableName` refuses to install what has a history", () => {
  test("so an install that died is forgotten, and its objects stay for the next one to take over", async () => {
    secrets.add(1, "pending-install");
    expect(await clear()).toEqual([]);
    expect(secrets.shown()).toEqual([]);
    expect(said).toEqual([
      "revision 1 is pending-install, and whoever made it is gone; it is installed again, over what is there already",
    ]);
  });
});

test("one that never was good before, and one that has been replaced since, has failed", async () => {
  secrets.add(1, "failed");
  secrets.add(2, "pending-upgrade");
  await clear();
  expect(secrets.shown()[1]).toBe("2 failed manifest 2: interrupted as pending-upgrade");
  secrets.add(3, "pending-upgrade");
  secrets.add(4, "deployed");
  await clear();
  expect(secrets.shown().slice(2)).toEqual([
    "3 failed manifest 3: interrupted as pending-upgrade",
    "4 deployed manifest 4: of 4",
  ]);
});

test("what is as an update left it is not touched", async () => {
  secrets.add(1, "superseded");
  secrets.add(2, "deployed");
  secrets.before = (method) => expect(method).toBe("GET");
  await clear();
  expect(said).toEqual([]);
});

test("a helm that still writes is left alone", async () => {
  secrets.add(4, "deployed");
  secrets.add(5, "pending-upgrade");
  setTimeout(() => secrets.add(5, "failed", "cancelled"), 20);
  await clear({ stoppingMs: 10_000, intervalMs: 5 });
  expect(secrets.shown()).toEqual(["4 deployed manifest 4: of 4", "5 failed manifest 5: cancelled"]);
});

test("a rollback that may be by hand is waited for", async () => {
  secrets.add(4, "superseded");
  secrets.add(5, "pending-rollback");
  setTimeout(() => secrets.add(5, "deployed", "Rollback to 4"), 20);
  await clear({ stoppingMs: 0, intervalMs: 5 });
  expect(said).toEqual(["a rollback to revision 5 may be under way; waiting 600 s for its end"]);
  expect(secrets.shown()[1]).toBe("5 deployed manifest 5: Rollback to 4");
});

test("what a preview foresees is what the update makes", async () => {
  const cases = [
    ["4 deployed", "5 pending-upgrade"],
    ["1 pending-install"],
    ["1 failed", "2 pending-upgrade"],
    ["4 deployed", "5 pending-upgrade", "6 superseded"],
    ["4 deployed", "5 pending-upgrade", "6 failed"],
    ["4 deployed", "5 pending-upgrade", "6 pending-rollback"],
  ];
  for (const revisions of cases) {
    secrets = new HelmSecrets();
    for (const revision of revisions) {
      const [number, status] = revision.split(" ");
      secrets.add(Number(number), status!, "made", LONG_AGO);
    }
    let foreseen = await history().revisions();
    for (let repair = repairFor(foreseen); repair; repair = repairFor(foreseen)) foreseen = repaired(foreseen, repair);
    const told = ({ number, status }: { number: number; status: string }) => `${number} ${status}`;
    expect((await clear()).map(told)).toEqual(foreseen.map(told));
  }
});
