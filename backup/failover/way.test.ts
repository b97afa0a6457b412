import { wayOf } from "./way.ts";

const dump = { id: "prod-1", snapshotAt: "2026-01-31T02:00:00.000Z" };
const recovery = {
  epoch: 2,
  server: "prod",
  backup: "b",
  systemIdentifier: "7",
  segment: "000000010000000000000007",
  reachesTo: "2026-01-31T12:00:00.000Z",
};
const sound = { server: "prod", recovery };
const broken = { server: "prod", problem: "archive prod: must have a base backup, got WAL alone" };

test("the dump is the way unless another is asked for", () => {
  for (const archive of [sound, broken, undefined]) expect(wayOf({}, archive, dump, "prod")).toBe("dump");
});

test("the archive is, where it is asked for and whole", () => {
  expect(wayOf({ from: "archive" }, sound, dump, "prod")).toBe("archive");
  expect(wayOf({ from: "newest" }, sound, dump, "prod")).toBe("archive");
});

test("what loses less is the dump where the archive cannot be relied on, or there is none", () => {
  for (const archive of [broken, undefined]) expect(wayOf({ from: "newest" }, archive, dump, "prod")).toBe("dump");
});

test("an archive that is asked for and cannot be relied on is refused, with the way that is left", () => {
  const left = "; set acci:restore.from to dump, which brings back prod-1, the state of 2026-01-31T02:00:00.000Z";
  expect(() => wayOf({ from: "archive" }, broken, dump, "prod")).toThrow(
    `archive prod: must have a base backup, got WAL alone${left}`,
  );
  expect(() => wayOf({ from: "archive" }, undefined, dump, "prod")).toThrow(
    `archive of prod: must be below wal/ in the store, got nothing${left}`,
  );
});
