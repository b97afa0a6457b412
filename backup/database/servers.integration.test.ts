import { siteRoles, createRoles } from "../../components/postgres/roles.ts";
import { dump } from "../dump/dump.ts";
import { newId } from "../id.ts";
import { verify } from "../restore/verify.ts";
import { openStore, type Store } from "../store/store.ts";
import { PORT, TestPostgres } from "../testing/postgres.ts";
import { TestReplica } from "../testing/replica.ts";
import { TestStore } from "../testing/store.ts";
import { until } from "../testing/until.ts";
import type { Connection } from "./connection.ts";
import { readersOf } from "./servers.ts";

const HOST = "10.99.1.1";
const superuser: Connection = { host: HOST, port: PORT, user: "postgres", database: "acci" };
const reader = { ...superuser, user: "acci_backup" };

let primary: TestPostgres;
let verification: TestPostgres;
let replicas: TestReplica[];
let objects: TestStore;
let store: Store;
let said: jest.SpyInstance;

const sql = (statements: string) => primary.query<Record<string, string>>(primary.connection("acci"), statements);
const streaming = async (count: number) =>
  (await sql("SELECT FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn = pg_current_wal_lsn()"))
    .length === count;

beforeAll(async () => {
  primary = TestPostgres.start(["listen_addresses=*", "wal_level=replica", "max_wal_senders=10", "hot_standby=on"]);
  await primary.openToAll();
  await primary.query(primary.connection(), ["CREATE ROLE acci LOGIN", ...createRoles()].join(";"));
  await primary.query(primary.connection(), "CREATE DATABASE acci OWNER acci");
  await sql(`SET ROLE acci; CREATE TABLE public.a AS SELECT g AS n, repeat('x', 100) AS t FROM generate_series(1, 20000) g;
    CREATE TABLE public.b AS SELECT g AS n, repeat('y', 100) AS t FROM generate_series(1, 20000) g`);
  // A replica that cancels queries after 200 ms when they conflict with replay.
  const settings = ["max_standby_streaming_delay=200ms", "hot_standby_feedback=on"];
  replicas = [1, 2].map((number) => new TestReplica(number, PORT, settings));
  verification = TestPostgres.start();
  objects = await TestStore.start();
  store = openStore(objects.settings());
  await until(() => streaming(2));
});
beforeEach(() => (said = jest.spyOn(process.stderr, "write")));
afterEach(() => said.mockRestore());
afterAll(async () => {
  store.close();
  for (const replica of replicas) replica.stop();
  primary.stop();
  verification.stop();
  await objects.stop();
});

const words = () => said.mock.calls.map(([text]) => String(text)).join("");
const take = () => dump(reader, store, { id: newId("test", new Date()), site: "test", parallelism: 4, recipients: [] });
const site = { roles: siteRoles(), extensions: [], restoreRole: "acci_restore" };

describe("a dump with two replicas", () => {
  it("reads one of them from beginning to end, every time", async () => {
    for (let i = 0; i < 5; i++) expect((await take()).tables.map(({ rows }) => rows)).toEqual([20000, 20000]);
    expect(words()).toMatch(/reading replica acci-r[12]/);
    expect(words()).not.toContain("reading the primary");
  });

  it("reads the other when one falls behind", async () => {
    const [first] = await readersOf(reader);
    const behind = { ...superuser, address: first!.server.address! };
    await primary.query(behind, "SELECT pg_wal_replay_pause()");
    try {
      await sql(
        "SET ROLE acci; CREATE TABLE public.filler AS SELECT repeat('z', 1000) t FROM generate_series(1, 80000); DROP TABLE public.filler",
      );
      await until(() => streaming(1));
      const [second] = await readersOf(reader);
      expect(second!.name).not.toBe(first!.name);
      expect(second!.replica).toBe(true);
    } finally {
      await primary.query(behind, "SELECT pg_wal_replay_resume()");
    }
    await until(() => streaming(2));
  });

  it("goes on at the primary when a replica must end it, and is whole", async () => {
    const put = store.put.bind(store);
    let changed: Promise<unknown> | undefined;
    store.put = async (...args) => {
      if (args[0].includes("/tables/") && !changed) {
        changed = sql(
          "SET ROLE acci; CREATE TABLE IF NOT EXISTS public.c (); ALTER TABLE public.a ALTER n TYPE bigint",
        );
        await changed;
        await until(() => streaming(2));
      }
      return put(...args);
    };
    const manifest = await take().finally(() => (store.put = put));
    expect(words()).toMatch(/replica acci-r[12] had to end the dump to follow the primary, which is read instead/);
    expect(await verify(store, manifest, { parallelism: 2, superuser: verification.connection(), site })).toEqual([]);
    expect(manifest.tables.map(({ rows }) => rows)).toEqual([20000, 20000, 0]);
  });

  it("fails by name when its replica is lost in the middle, and the next one succeeds", async () => {
    const [first] = await readersOf(reader);
    const lost = replicas.find(({ name }) => first!.name.endsWith(name))!;
    const put = store.put.bind(store);
    store.put = async (...args) => {
      lost.down();
      return put(...args);
    };
    await expect(take().finally(() => (store.put = put))).rejects.toMatchObject({
      kind: "database",
      message: expect.stringMatching(new RegExp(`replica ${lost.name}: went away in the middle of the dump`)),
    });
    expect((await take()).tables).toHaveLength(3);
    expect(words()).not.toContain(`reading replica ${lost.name}, `);
    lost.up(PORT);
    await until(() => streaming(2));
  });

  it("reads the primary when no replica is left, and says so", async () => {
    for (const replica of replicas) replica.down();
    await until(async () => (await sql("SELECT FROM pg_stat_replication")).length === 0);
    expect((await take()).tables).toHaveLength(3);
    expect(words()).toContain("reading the primary, as no replica can be read");
  });
});
