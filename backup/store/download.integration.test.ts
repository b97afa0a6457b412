import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { TestStore } from "../testing/store.ts";
import { type Asked, StoreProxy } from "../testing/store-proxy.ts";
import { openStore, type Store } from "./store.ts";

let server: TestStore;
beforeAll(async () => {
  server = await TestStore.start();
});
afterAll(() => server.stop());

const KEY = "dumps/a/tables/00001";
const DATA = randomBytes(300_000);
let proxy: StoreProxy;
let store: Store;
beforeEach(async () => {
  proxy = await StoreProxy.start(server.settings());
  store = openStore(proxy.settings);
  await store.put(KEY, Readable.from([DATA]));
  await store.put("probe/write", Readable.from([Buffer.from("x")]));
});
afterEach(async () => {
  store.close();
  await proxy.stop();
});

const isObject = ({ method, url }: Asked) => method === "GET" && url.includes(KEY);
const all = async () => buffer(await store.get(KEY));
const ofObject = (told: RegExp) => ({
  kind: "verification",
  message: expect.stringMatching(new RegExp(`^s3:\\S+ at \\S+: ${told.source}`)) as string,
});
const outage = { kind: "store" };

/** As a disk that cannot be read from there on: the answer begins and ends early, whatever is asked for. */
const unreadableFrom =
  (limit: number) =>
  ({ headers, pass }: Asked) =>
    pass(Math.max(0, limit - Number(/bytes=(\d+)/.exec(headers.range ?? "")?.[1] ?? 0)));

test("an object that breaks off now and then comes back whole", async () => {
  let cuts = 0;
  proxy.handle = (asked) => (isObject(asked) && cuts++ < 4 ? asked.pass(50_000) : asked.pass());
  expect((await all()).equals(DATA)).toBe(true);
  expect(cuts).toBe(5);
});

test.each([0, 100_000])("one that cannot be read beyond byte %d is damaged, and named", async (limit) => {
  proxy.handle = (asked) => (isObject(asked) ? unreadableFrom(limit)(asked) : asked.pass());
  await expect(all()).rejects.toMatchObject(
    ofObject(
      new RegExp(`${KEY}: must be readable as others are, got .* after ${limit} of 300000 bytes; choose another`),
    ),
  );
});

test.each([
  ["an internal error", (asked: Asked) => asked.refuse(500, "InternalError", "read error")],
  ["a word of MinIO's", (asked: Asked) => asked.refuse(400, "XMinioObjectTampered", "tampered")],
  ["a connection that is closed", ({ response }: Asked) => void response.destroy()],
])("one that the store answers with %s is damaged while it gives others", async (_, answer) => {
  proxy.handle = (asked) => (isObject(asked) ? answer(asked) : asked.pass());
  await expect(all()).rejects.toMatchObject(ofObject(new RegExp(`${KEY}: must be readable as others are, got `)));
});

test("a small one that is read at once is read again where it broke off", async () => {
  await store.write("catalogue.json", "{}\n".repeat(20));
  let cuts = 0;
  proxy.handle = ({ pass }) => (cuts++ < 2 ? pass(10) : pass());
  expect((await store.read("catalogue.json"))!.body).toHaveLength(60);
});

test("one that the store can give again, once it gives others again, was away with it", async () => {
  let failing = true;
  proxy.handle = (asked) => {
    if (!isObject(asked)) failing = false;
    return failing ? asked.refuse(500, "InternalError") : asked.pass();
  };
  await expect(all()).rejects.toMatchObject(outage);
});

test("one that is replaced while it is read is damaged", async () => {
  let begun = false;
  proxy.handle = async (asked) => {
    if (!isObject(asked) || begun) return asked.pass();
    begun = true;
    await asked.pass(50_000);
    await openStore({ ...proxy.settings, endpoint: server.endpoint }).put(KEY, Readable.from([randomBytes(300_000)]));
  };
  await expect(all()).rejects.toMatchObject(ofObject(new RegExp(`${KEY}: must stay as it is, and was replaced`)));
});

test("a checksum of the store's that the object does not have is no failure: the dump has its own", async () => {
  proxy.handle = async (asked) => {
    if (isObject(asked)) asked.response.setHeader("x-amz-checksum-crc32", "AAAAAA==");
    await asked.pass();
  };
  expect((await all()).equals(DATA)).toBe(true);
});

describe("a store that is away is an outage, and says nothing about the object", () => {
  test.each([
    ["500 to everything", ({ refuse }: Asked) => refuse(500, "InternalError")],
    ["503 to everything", ({ refuse }: Asked) => refuse(503, "ServiceUnavailable")],
    ["nothing at all", ({ response }: Asked) => void response.destroy()],
  ])("%s, from the beginning", async (_, answer) => {
    proxy.handle = answer;
    await expect(all()).rejects.toMatchObject(outage);
  });

  test("in the middle of the object, for good", async () => {
    proxy.handle = async (asked) => {
      proxy.handle = ({ response }) => void response.destroy();
      await asked.pass(50_000);
    };
    await expect(all()).rejects.toMatchObject(outage);
  });

  test.each([
    [503, "ServiceUnavailable"],
    [403, "AccessDenied"],
    [403, "InvalidObjectState"],
  ])("%d %s for the object alone", async (status, code) => {
    proxy.handle = (asked) => (isObject(asked) ? asked.refuse(status, code) : asked.pass());
    await expect(all()).rejects.toMatchObject(outage);
  });

  test("one that answers all of it where it is to go on", async () => {
    let begun = false;
    proxy.handle = (asked) => {
      if (!isObject(asked)) return asked.pass();
      if (begun) return void asked.response.writeHead(200, { "content-length": DATA.length }).end(DATA);
      begun = true;
      return asked.pass(50_000);
    };
    await expect(all()).rejects.toMatchObject({
      kind: "store",
      message: expect.stringContaining("must go on with bytes=50000-, got all of it") as string,
    });
  });
});
