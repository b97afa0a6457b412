import { revisionOf } from "./version.ts";

const history = (revisions: readonly (readonly [status: string, version?: string])[]) => ({
  name: "acci-framework",
  revisions: async () => revisions.map(([status], i) => ({ number: i + 1, status, createdAt: new Date(0) })),
  record: async (number: number) => {
    const [status = "", version] = revisions[number - 1] ?? [];
    return {
      version: number,
      info: { status },
      config: version ? { podAnnotations: { "acci.dev/version": version } } : {},
    };
  },
});

test("the newest good revision of the version is gone back to", async () => {
  const versions = history([["superseded"], ["superseded", "one"], ["failed", "one"], ["deployed", "two"]]);
  expect(await revisionOf(versions, "one")).toBe(2);
  // A release that was deployed before it had a rollout does not name its version.
  expect(await revisionOf(versions, "unnamed")).toBe(1);
});

test("a version that Helm no longer keeps is refused with the way out", async () => {
  await expect(revisionOf(history([["deployed", "two"]]), "one")).rejects.toThrow(
    "release acci-framework: must have a revision of version one, got none; use make rollback",
  );
});
