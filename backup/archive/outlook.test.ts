import { aBackup, anArchive, named, SYSTEM, timeOf, without } from "../testing/archives.ts";
import type { Archive } from "./archive.ts";
import { outlookOf } from "./outlook.ts";

const dump = { id: "prod-1", snapshotAt: timeOf(5).toISOString(), systemIdentifier: SYSTEM };
const [older, newer] = [aBackup(1, 2), aBackup(1, 10)];
const whole = anArchive([20], [newer, older]);
const recovery = (id: string, segment: number, at?: string) => ({
  server: "prod",
  recovery: {
    epoch: 2,
    server: "prod",
    backup: id,
    systemIdentifier: SYSTEM,
    segment: named(1, segment),
    ...(at ? { at } : {}),
    reachesTo: at ?? timeOf(segment).toISOString(),
  },
});

test("the newest base backup is recovered, and all WAL after it", () => {
  expect(outlookOf(whole, { epoch: 2, dump, lastBeat: timeOf(21) })).toEqual(recovery(newer.id, 20));
});

test("a moment is recovered from the base backup before it", () => {
  expect(outlookOf(whole, { epoch: 2, dump, at: timeOf(8) })).toEqual(recovery(older.id, 20, timeOf(8).toISOString()));
});

test("a gap before the newest base backup is no harm; nor are base backups that were not done", () => {
  expect(outlookOf({ ...without(whole, named(1, 7)), unusable: ["base-x"] }, { epoch: 2, dump })).toEqual(
    recovery(newer.id, 20),
  );
});

test("the older base backup is taken where the newest one lacks its files", () => {
  expect(outlookOf({ ...whole, backups: [older], unusable: [newer.id] }, { epoch: 2, dump })).toEqual(
    recovery(older.id, 20),
  );
});

test.each<[string, Archive, Omit<Parameters<typeof outlookOf>[1], "epoch">, string]>([
  [
    "a missing segment",
    without(whole, named(1, 15)),
    { dump },
    `must have all WAL since base backup base-1-10, but ${named(1, 15)} is missing, and ${named(1, 16)} comes after it`,
  ],
  ["no base backup", { ...whole, backups: [] }, { dump }, "must have a base backup, got WAL alone"],
  [
    "a damaged base backup",
    { ...whole, backups: [], unusable: ["base-x"] },
    { dump },
    "must have a base backup that is done and has its files, got only base-x",
  ],
  [
    "a moment before the first base backup",
    whole,
    { dump, at: timeOf(1) },
    "must have a base backup from before 2026-01-31T12:01:00.000Z, got base-1-2 of 2026-01-31T12:03:00.000Z as the oldest",
  ],
  [
    "a moment after its end",
    whole,
    { dump, at: timeOf(30) },
    `must reach to 2026-01-31T12:30:00.000Z, got ${named(1, 20)} of 2026-01-31T12:20:00.000Z as its end`,
  ],
  [
    "an end before the newest dump",
    whole,
    { dump: { ...dump, snapshotAt: timeOf(25).toISOString() } },
    "must reach beyond prod-1 of 2026-01-31T12:25:00.000Z, got 2026-01-31T12:20:00.000Z as its end",
  ],
  [
    "an archive that stopped while the site was alive",
    whole,
    { dump, lastBeat: timeOf(200) },
    "must have been written until the end, got 2026-01-31T12:20:00.000Z as its end, 180 min before the last heartbeat of the site",
  ],
  [
    "the archive of another database",
    { ...whole, backups: [aBackup(1, 10, { systemIdentifier: "8" })] },
    { dump },
    `must be of system ${SYSTEM}, as prod-1 is, got 8`,
  ],
])("not to be relied on: %s", (_, archive, asked, problem) => {
  expect(outlookOf(archive, { epoch: 2, ...asked })).toEqual({ server: "prod", problem: `archive prod: ${problem}` });
});
