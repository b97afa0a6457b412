import { archiving, recovering, recoveryProblem } from "./point-in-time.ts";

const owner = { database: "acci", owner: "acci", secret: { name: "postgres-owner" } };
const empty = { spec: { bootstrap: { initdb: { database: "acci" } } } };
const from = (server: string, at?: string) => ({ spec: recovering("store", { from: server, at }, owner) });

test("a database names its folder of the archive, and another's to come from", () => {
  const plugin = (serverName: string) => ({
    name: "barman-cloud.cloudnative-pg.io",
    parameters: { barmanObjectName: "store", serverName },
  });
  expect(archiving("store", "new").plugins).toEqual([{ ...plugin("new"), isWALArchiver: true }]);
  expect(from("old", "2026-01-01T12:00:00Z").spec).toEqual({
    bootstrap: { recovery: { source: "archive", ...owner, recoveryTarget: { targetTime: "2026-01-01 12:00:00+00" } } },
    externalClusters: [{ name: "archive", plugin: plugin("old") }],
  });
  expect(from("old").spec.bootstrap.recovery).not.toHaveProperty("recoveryTarget");
});

test.each([
  ["an empty one stays as it is", empty, empty],
  ["a recovered one stays as it is", from("a"), from("a")],
  ["the wish is taken back", from("a"), empty],
  ["how an empty one begins is changed", empty, { spec: { bootstrap: { initdb: { database: "other" } } } }],
])("a database that exists: %s", (_, before, after) => {
  expect(recoveryProblem(before, after)).toBeUndefined();
});

test.each([
  ["recovered", empty, from("a")],
  ["recovered from elsewhere", from("a"), from("b")],
  ["recovered to another time", from("a"), from("a", "2026-01-01T12:00:00Z")],
])("a database that exists cannot be %s", (_, before, after) => {
  expect(recoveryProblem(before, after)).toMatch(
    /^acci:postgres.walArchive.recover: makes a new database only, and this one exists/,
  );
});
