import * as pulumi from "@pulumi/pulumi";
import { otherImage, failoverReport } from "./failover-plan.ts";
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
