import * as pulumi from "@pulumi/pulumi";
import { adviceOn, otherImage, failoverReport, requestOf, sayingOf } from "./failover-plan.ts";
import { parseConfig } from "../../config/load.ts";
import { stackValues } from "../../test/stack-config.ts";

const image = "ghcr.io/acme/app:1.0.0@sha256:aa";

test("an application that is not the one the data is from is told", () => {
  expect(otherImage(image, "sha256:bb")).toBe(
    `acci:image.version: is sha256:bb, but the site before the failover ran ${image}; set it to that version, unless another version is intended`,
  );
});

test("the same one is not, nor one of which nothing is known", () => {
  expect(otherImage(image, "sha256:aa")).toBeUndefined();
  expect(otherImage(undefined, "sha256:bb")).toBeUndefined();
  expect(otherImage(image, undefined)).toBeUndefined();
});

describe("a preview shows of the failover", () => {
  const keys = { accessKeyId: "a", secretAccessKey: "b" };
  const given = { storeKeys: { writer: keys, pruner: keys, offsite: { writer: keys, pruner: keys } } };
  const shown = async (planned: Parameters<typeof failoverReport>[1], changes: object = given) => {
    const none = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
    await pulumi.runtime.setMocks(none, "acci", "dr", true);
    const config = parseConfig("dr", { ...stackValues("dr"), ...changes });
    const output = failoverReport(config, planned, pulumi.output("")) as unknown as
      { isKnown: Promise<boolean>; promise(): Promise<unknown> } | undefined;
    if (!output) return "no output";
    return (await output.isKnown) ? output.promise() : "unknown";
  };

  test("the last one, while no other is to come", async () => {
    const at = "2026-01-01T02:00:00Z";
    const report = { site: "acci-dr", epoch: 2, dump: "d", snapshotAt: at, startedAt: at, finishedAt: at };
    const done = { ...report, rpoSeconds: 1, phases: {}, rows: 1, bytes: 1 };
    expect(await shown({ epoch: 2, report: done })).toEqual(done);
    expect(await shown({ epoch: 1, report: null })).toBeNull();
  });
  test("nothing yet of one that is to come", async () => expect(await shown({ epoch: 2 })).toBe("unknown"));
  test("nothing where the keys are the cluster's alone", async () =>
    expect(await shown(undefined, { storeKeys: undefined })).toBe("no output"));
});

describe("what a preview says of both ways", () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000 + 5000).toISOString();
  const snapshotAt = minutesAgo(734);
  const reachesTo = minutesAgo(2);
  const recovery = {
    epoch: 2,
    server: "acci-prod",
    backup: "b",
    systemIdentifier: "7",
    segment: "000000010000000000000007",
    reachesTo,
  };
  const due = { dump: "acci-prod-1", snapshotAt, rows: 42, from: "acci-prod" };
  const dump = { ...due, by: "dump" as const };
  const sound = { server: "acci-prod", recovery };

  test("what is lost by the one that is taken", () => {
    expect(sayingOf("acci-dr", { epoch: 2, failover: dump })).toBe(
      `fails over from acci-prod with acci-prod-1: 42 rows, the state of ${snapshotAt}, which loses what was written in the last 734 min`,
    );
    expect(sayingOf("acci-dr", { epoch: 2, failover: { ...due, by: "archive", archive: sound } })).toBe(
      `fails over from acci-prod with the archive acci-prod up to 000000010000000000000007: the state of ${reachesTo}, which loses what was ` +
        `written in the last 2 min; acci-prod-1 would be the state of ${snapshotAt}, which loses what was written in the last 734 min`,
    );
  });

  test("the archive is recommended where it loses less", () => {
    expect(adviceOn("dump", { ...dump, archive: sound })).toBe(
      `the archive acci-prod reaches to ${reachesTo}, which loses what was written in the last 2 min; recommended is to recover it: ` +
        "`pulumi config set --path acci:restore.from archive` (docs/runbooks/loss-of-site.md)",
    );
  });

  test("nothing where there is nothing to choose", () => {
    expect(adviceOn("dump", undefined)).toBeUndefined();
    expect(adviceOn("dump", dump)).toBeUndefined();
    expect(adviceOn("archive", { ...due, by: "archive", archive: sound })).toBeUndefined();
    const older = { ...sound, recovery: { ...recovery, reachesTo: minutesAgo(800) } };
    expect(adviceOn("dump", { ...dump, archive: older })).toBeUndefined();
  });

  test("an archive that cannot be relied on, whichever way is taken", () => {
    const archive = { server: "acci-prod", problem: "archive acci-prod: must have a base backup, got WAL alone" };
    for (const from of ["dump", "newest"] as const)
      expect(adviceOn(from, { ...dump, archive })).toBe(
        "archive acci-prod: must have a base backup, got WAL alone; only a dump brings acci-prod back",
      );
  });

  test("the tools are told the way, and how the database was made; nothing of it in a stack that says nothing", () => {
    const restore = { allowFailed: false, replace: false, evenIfAlive: false, timeoutMinutes: 240 };
    const flags = { allowFailed: false, replace: false, evenIfAlive: false };
    expect(requestOf({ ...restore, from: "dump" })).toEqual(flags);
    expect(requestOf({ ...restore, from: "archive" }, recovery)).toEqual({
      ...flags,
      from: "archive",
      archive: recovery,
    });
  });
});
