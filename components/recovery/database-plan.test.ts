import { ApiError } from "../../kubernetes/api.ts";
import { existingDatabase } from "../postgres/existing-database.ts";
import { archiveRecovery as recovery } from "../postgres/testing/archive-recovery.ts";
import { databasePlan } from "./database-plan.ts";

const failover = (by: "archive" | "dump", wanted = recovery) => ({
  epoch: 2,
  newServer: "acci-dr-2",
  failover: {
    ...{ dump: "acci-prod-1", snapshotAt: "2026-01-31T02:00:00.000Z", rows: 1, from: "acci-prod" },
    by,
    archive: { server: "acci-prod", recovery: wanted },
  },
});
const planOf = (
  planned: Parameters<typeof databasePlan>[1],
  existing?: Parameters<typeof databasePlan>[2],
  restore: object = {},
) =>
  databasePlan(
    {
      namespace: "acci-dr",
      restore: {
        from: "archive",
        allowFailed: false,
        replace: false,
        evenIfAlive: false,
        timeoutMinutes: 240,
        ...restore,
      },
    },
    planned,
    existing,
  );
const made = { server: "acci-dr-2", recovery };

test("a database that is missing is recovered for a failover by archive, with a folder of its epoch", () => {
  expect(planOf(failover("archive"))).toEqual({ server: "acci-dr-2", recovery });
});

test("for one by dump it is made empty, and so is one that an active site has lost: its own dumps are newer", () => {
  expect(planOf(failover("dump"))).toEqual({ server: "acci-dr-2", recovery: undefined });
  expect(planOf({ epoch: 2, newServer: "acci-dr-2-2" })).toEqual({ server: "acci-dr-2-2", recovery: undefined });
});

test("one that was made for this failover stays as it is, while it goes on and ever after", () => {
  expect(planOf(failover("archive"), made)).toEqual(made);
  expect(planOf({ epoch: 2, newServer: "acci-dr-2-2" }, made)).toEqual(made);
  expect(planOf(undefined, { server: "acci-dr-2-2", recovery: undefined })).toEqual({ server: "acci-dr-2-2" });
});

test("one with a folder of another name has the one that the configuration says", () => {
  for (const server of [undefined, "acci-dr", "acci-drs-2", "dr-2"])
    expect(planOf(undefined, { server, recovery: undefined })).toEqual({ server: undefined });
});

test.each([
  ["one of its own", { server: "acci-dr", recovery: undefined }],
  ["one of an earlier failover", { server: "acci-dr-1", recovery: { ...recovery, epoch: 1 } }],
])("a site that has %s already is refused, or goes by dump if it may", (_, existing) => {
  expect(() => planOf(failover("archive"), existing)).toThrow(
    /^acci:restore.from: archive makes a new database, and acci-dr has one already; delete the Cluster postgres/,
  );
  expect(() => planOf(failover("archive"), existing, { from: "newest" })).not.toThrow();
});

test("a database that lacks what the lost site has archived since is refused, unless that may be lost", () => {
  const later = failover("archive", { ...recovery, segment: "000000010000000000000009" });
  expect(() => planOf(later, made)).toThrow(
    /^acci:restore.from: the database was recovered up to 000000010000000000000007, and the archive acci-prod has 000000010000000000000009 by now;/,
  );
  expect(planOf(later, made, { evenIfAlive: true })).toEqual(made);
});

describe("the database in the cluster", () => {
  const asked = (answer: () => Promise<unknown>) => {
    let path = "";
    const ask = <T>(given: string) => {
      path = given;
      return answer() as Promise<T>;
    };
    return existingDatabase("acci-dr", () => Promise.resolve({ ask })).then((found) => [path, found] as const);
  };
  const object = (annotations?: object) => ({
    metadata: { annotations },
    spec: { plugins: [{ name: "barman-cloud.cloudnative-pg.io", parameters: { serverName: "acci-dr-2" } }] },
  });

  test("says how it was made", async () => {
    const annotations = { "acci.dev/recovery": JSON.stringify(recovery) };
    expect(await asked(() => Promise.resolve(object(annotations)))).toEqual([
      "/apis/postgresql.cnpg.io/v1/namespaces/acci-dr/clusters/postgres",
      made,
    ]);
    expect((await asked(() => Promise.resolve(object())))[1]).toEqual({ server: "acci-dr-2", recovery: undefined });
  });

  test("is missing where there is none, or no operator", async () => {
    expect((await asked(() => Promise.reject(new ApiError(404, "not found"))))[1]).toBeUndefined();
  });

  test("must be known for an update", async () => {
    await expect(asked(() => Promise.reject(new Error("cluster: must answer")))).rejects.toThrow(
      "the database: must be known before it is touched; cluster: must answer",
    );
  });
});
