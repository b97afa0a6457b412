import { Readable } from "node:stream";
import { publish } from "../catalogue/publish.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";
import type { Plan, RestoreRequest } from "../contract/shapes.ts";
import { environment } from "../contract/variables.ts";
import { recordServer } from "../archive/server.ts";
import { beat, release } from "../failover/heartbeat.ts";
import { openStore, type Store } from "../store/store.ts";
import { named, SYSTEM } from "../testing/archives.ts";
import { aDump } from "../testing/entries.ts";
import { TestStore } from "../testing/store.ts";
import { tool } from "../testing/tool.ts";

let objects: TestStore;
let folder: string;
let store: Store;

beforeAll(async () => {
  objects = await TestStore.start();
});
afterAll(() => objects.stop());

const put = (key: string, body: string) => store.put(`wal/prod-7/${key}`, Readable.from([Buffer.from(body)]));
const segment = (number: number) => `wals/0000000100000000/${named(1, number)}.zst`;
const INFO = [
  `begin_wal=${named(1, 2)}\nend_wal=${named(1, 2)}\nend_time=2026-01-31 12:00:38+00:00\nstatus=DONE`,
  `systemid=${SYSTEM}\ntimeline=1\nversion=150020\nxlog_segment_size=16777216\n`,
].join("\n");

/** prod with a dump and an archive of six segments, as its agent has recorded it; prod waits for its successor. */
beforeEach(async () => {
  const settings = objects.settings();
  folder = objects.mounted(settings);
  store = openStore(settings);
  await publish(store, { site: "prod" }, aDump(1));
  await recordServer(store, "prod", "prod-7");
  await put("base/20260131T120032/backup.info", INFO);
  await put("base/20260131T120032/data.tar.lz4", "data");
  for (const number of [1, 2, 3, 4, 5, 6]) await put(segment(number), "wal");
  await release(store, "prod");
});
afterEach(() => store.close());

const plan = (restore: RestoreRequest, ...args: readonly string[]) =>
  tool("plan", environment({ site: "dr", storeFolder: folder, restore }), args);
const planned = async (restore: RestoreRequest, ...args: readonly string[]) => {
  const { answered, said } = await plan(restore, ...args);
  if (!answered) throw new Error(said);
  return JSON.parse(answered) as Plan;
};

test("says how far the archive reaches, whichever way is asked for, and where a new database archives to", async () => {
  const byDump = await planned({});
  expect(byDump).toMatchObject({ epoch: 2, failover: { by: "dump", archive: { recovery: { segment: named(1, 6) } } } });
  expect(byDump.newServer).toBeUndefined();
  await store.write("wal/dr-2/wals/0000000200000000/00000002.history", "1\t0/5000000\tx\n");
  expect(await planned({ from: "newest" })).toMatchObject({ newServer: "dr-2-2", failover: { by: "archive" } });
  expect((await planned({ from: "archive" })).failover).toMatchObject({
    by: "archive",
    archive: { server: "prod-7", recovery: { backup: "20260131T120032", systemIdentifier: SYSTEM } },
  });
});

test("an archive with a missing segment is refused before anything is begun, with the way that is left", async () => {
  await store.remove([`wal/prod-7/${segment(4)}`]);
  const { code, said } = await plan({ from: "archive" }, "--begin");
  expect(code).toBe(EXIT_CODES.refused);
  expect(said).toContain(
    `archive prod-7: must have all WAL since base backup 20260131T120032, but ${named(1, 4)} is missing, and ${named(1, 5)} comes after it; ` +
      "set acci:restore.from to dump, which brings back prod-",
  );
  expect(await store.read("takeovers/000002-begun")).toBeUndefined();
  expect((await planned({ from: "newest" })).failover).toMatchObject({ by: "dump" });
  expect((await planned({})).failover).toMatchObject({
    by: "dump",
    archive: { problem: expect.stringContaining("is missing") },
  });
});

test("a database is not recovered while the lost site writes on: an update is refused, a preview is not", async () => {
  await beat(store, "prod");
  expect((await planned({ from: "archive" })).failover).toMatchObject({ by: "archive" });
  const { code, said } = await plan({ from: "archive" }, "--begin");
  expect(code).toBe(EXIT_CODES.refused);
  expect(said).toMatch(/site prod: must be dead for a failover, got a heartbeat \d+ s ago/);
  expect(await planned({ from: "archive", evenIfAlive: true }, "--begin")).toMatchObject({ epoch: 2 });
});

test("a failover by dump does not need the archive, not even a readable one", async () => {
  await put("base/20260131T120032/backup.info", INFO.replace(/systemid=.*/, ""));
  expect((await planned({})).failover).toMatchObject({
    by: "dump",
    archive: {
      problem:
        "archive prod-7: must be readable, got base backup 20260131T120032: must say where it begins and ends, got systemid missing or malformed",
    },
  });
});
