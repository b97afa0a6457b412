import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gzip, zstdCompress } from "node:zlib";
import { openStore, type Store } from "../store/store.ts";
import { TestStore } from "../testing/store.ts";
import { readArchive } from "./archive.ts";
import { newServerOf, recordServer, serverOf } from "./server.ts";

let objects: TestStore;
let store: Store;

beforeAll(async () => {
  objects = await TestStore.start();
});
afterAll(() => objects.stop());
beforeEach(() => {
  store = openStore(objects.settings());
});
afterEach(() => store.close());

const INFO = `begin_wal=000000010000000000000004
end_wal=000000010000000000000004
end_time=2026-01-31 12:00:38.232746+00:00
status=DONE
systemid=7000000000000000001
timeline=1
version=150020
xlog_segment_size=16777216
`;
const put = (key: string, body: string | Buffer) => store.put(`wal/prod/${key}`, Readable.from([Buffer.from(body)]));
const HISTORY = "1\t0/5000000\tno recovery target specified\n";

test("an archive is read from the store, its histories whatever they are packed with", async () => {
  await put("base/20260131T120032/backup.info", INFO);
  await put("base/20260131T120032/data.tar.lz4", "data");
  await put("base/20260131T130032/backup.info", INFO);
  await put("wals/0000000100000000/000000010000000000000004.zst", "wal");
  await put("wals/0000000200000000/00000002.history.zst", await promisify(zstdCompress)(HISTORY));
  await put("wals/0000000300000000/00000003.history.gz", await promisify(gzip)(HISTORY));
  await put("wals/0000000400000000/00000004.history", HISTORY);
  const { backups, histories, segments, unusable } = (await readArchive(store, "prod"))!;
  expect(backups).toMatchObject([{ id: "20260131T120032", systemIdentifier: "7000000000000000001" }]);
  expect(unusable).toEqual(["20260131T130032"]);
  expect([...segments.keys()]).toEqual(["000000010000000000000004"]);
  const parsed = [{ timeline: 1, at: "0/5000000" }];
  expect([...histories].sort()).toEqual([2, 3, 4].map((timeline) => [timeline, parsed]));
  expect(await readArchive(store, "other")).toBeUndefined();
});

test("a history in a form that cannot be read is named", async () => {
  await put("wals/0000000200000000/00000002.history.snappy", "?");
  await expect(readArchive(store, "prod")).rejects.toThrow(
    "wal/prod/wals/0000000200000000/00000002.history.snappy: must be compressed as zstd or gzip, or not at all; set acci:restore.from to dump",
  );
});

test("a site's folder is the recorded one; a new database gets one that nothing has archived to", async () => {
  expect(await serverOf(store, "prod")).toBe("prod");
  await recordServer(store, "prod", "prod-9");
  expect(await serverOf(store, "prod")).toBe("prod-9");
  expect(await newServerOf(store, "dr", 2)).toBe("dr-2");
  for (const server of ["dr-2", "dr-2-2"])
    await store.write(`wal/${server}/wals/0000000200000000/00000002.history`, HISTORY);
  expect(await newServerOf(store, "dr", 2)).toBe("dr-2-3");
  expect(await newServerOf(store, "dr", 20)).toBe("dr-20");
});
