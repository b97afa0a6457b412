import { readBackupInfo } from "./base-backup.ts";
import { layoutOf } from "./layout.ts";
import { newestTimeline, readHistory } from "./timeline.ts";

const modified = new Date("2026-01-31T12:00:00Z");
const listed = (...names: readonly string[]) => names.map((name) => ({ key: `wal/prod/${name}`, bytes: 7, modified }));

/** What the plugin writes, line by line in the order of its keys; of a server of Postgres 15. */
const INFO = `backup_label='START WAL LOCATION: 0/4000028 (file 000000010000000000000004)\\nSTART TIMELINE: 1\\n'
backup_name=backup-20260131120000
begin_time=2026-01-31 12:00:32.457770+00:00
begin_wal=000000010000000000000004
begin_xlog=0/4000028
copy_stats={'total_time': 15.570485, 'number_of_workers': 2}
end_time=2026-01-31 12:00:38.232746+00:00
end_wal=000000010000000000000005
error=None
status=DONE
systemid=7713234194164174868
timeline=1
version=150020
xlog_segment_size=16777216
`;

test("segments, histories and base backups are told by their names, whatever they are compressed with", () => {
  const { backups, histories, segments } = layoutOf(
    "prod",
    listed(
      "wals/0000000100000000/000000010000000000000004.zst",
      "wals/0000000100000000/000000010000000000000004.00000028.backup.zst",
      "wals/0000000100000000/000000010000000000000005",
      "wals/0000000100000000/000000010000000000000006.partial",
      "wals/0000000200000000/000000020000000000000006.gz",
      "wals/0000000200000000/00000002.history.zst",
      "wals/00000003.history",
      "base/20260131T120032/backup.info",
      "base/20260131T120032/data.tar.lz4",
      "base/20260131T120032/data_0001.tar.lz4",
      "base/20260131T130032/data.tar.lz4",
      "base/20260131T140032/backup.info",
    ),
  );
  expect([...segments.keys()]).toEqual([
    "000000010000000000000004",
    "000000010000000000000005",
    "000000020000000000000006",
  ]);
  expect([...histories]).toEqual([
    [2, "wal/prod/wals/0000000200000000/00000002.history.zst"],
    [3, "wal/prod/wals/00000003.history"],
  ]);
  expect(Object.fromEntries(backups)).toEqual({
    "20260131T120032": { info: "wal/prod/base/20260131T120032/backup.info", dataBytes: 14 },
    "20260131T130032": { dataBytes: 7 },
    "20260131T140032": { info: "wal/prod/base/20260131T140032/backup.info", dataBytes: 0 },
  });
});

test("a base backup says where it begins and ends", () => {
  expect(readBackupInfo("20260131T120032", INFO)).toEqual({
    id: "20260131T120032",
    systemIdentifier: "7713234194164174868",
    timeline: 1,
    serverNumber: 150020,
    beginWal: "000000010000000000000004",
    endWal: "000000010000000000000005",
    endedAt: new Date("2026-01-31T12:00:38.232Z"),
    segmentBytes: 16_777_216,
  });
});

test("one that is not done is none; one that is done but does not say is refused", () => {
  expect(readBackupInfo("b", INFO.replace("DONE", "FAILED"))).toBeUndefined();
  expect(readBackupInfo("b", "")).toBeUndefined();
  expect(() => readBackupInfo("b", INFO.replace(/systemid=.*/, ""))).toThrow(
    "base backup b: must say where it begins and ends, got systemid missing or malformed",
  );
});

test("a history has the timelines before, each with its end", () => {
  expect(readHistory("1\t0/A000000\tno recovery target specified\n\n2\t1/5000060\tbefore 2000-01-01\n")).toEqual([
    { timeline: 1, at: "0/A000000" },
    { timeline: 2, at: "1/5000060" },
  ]);
  expect(newestTimeline(1, new Set([2, 3, 5]))).toBe(3);
});
