import type { Catalogue } from "../catalogue/schema.ts";
import { openStore, type Store } from "../store/store.ts";
import { TestStore } from "../testing/store.ts";
import { beat, refuseLiving, release, secondsBetweenBeats } from "./heartbeat.ts";

let server: TestStore;
let store: Store;
beforeAll(async () => {
  server = await TestStore.start();
  store = openStore(server.settings());
});
afterAll(async () => {
  store.close();
  await server.stop();
});

const prod = { site: "prod" } as Catalogue;
const later = async (seconds: number) => {
  const now = await store.now();
  jest.spyOn(store, "now").mockResolvedValue(new Date(now.getTime() + seconds * 1000));
};
afterEach(() => jest.restoreAllMocks());

test.each([
  ["for as long as it says", () => beat(store, "prod", 120), 120],
  ["for 45 s when nothing else is configured", () => beat(store, "prod"), 45],
  ["for 45 s when an earlier version of the tools gave the sign", () => store.write("sites/prod", "alive\n"), 45],
])("a site is alive after its last sign %s", async (_, sign, seconds) => {
  await sign();
  await later(seconds - 3);
  await expect(refuseLiving(store, prod)).rejects.toThrow(
    new RegExp(
      `site prod: must be dead for a failover, got a heartbeat \\d+ s ago, which holds for ${seconds} s; stop it`,
    ),
  );
  jest.restoreAllMocks();
  await later(seconds + 3);
  await refuseLiving(store, prod);
});

test("one that waits for its successor, or never lived, may be failed over from at once", async () => {
  await release(store, "prod");
  await refuseLiving(store, prod);
  await refuseLiving(store, { site: "nobody" } as Catalogue);
});

test("there are several signs in the time that one holds", () => {
  expect([10, 20, 45, 3600].map(secondsBetweenBeats)).toEqual([2.5, 5, 10, 10]);
});
