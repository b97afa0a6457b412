import { PutObjectCommand } from "@aws-sdk/client-s3";
import { TestStore } from "../testing/store.ts";
import { type Asked, StoreProxy } from "../testing/store-proxy.ts";
import { openStore, type Store } from "./store.ts";

let server: TestStore;
beforeAll(async () => {
  server = await TestStore.start();
});
afterAll(() => server.stop());

let proxy: StoreProxy;
let store: Store;
beforeEach(async () => {
  proxy = await StoreProxy.start(server.settings());
  store = openStore(proxy.settings);
});
afterEach(async () => {
  store.close();
  await proxy.stop();
});

async function left() {
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  for await (const { key } of store.unfinished("")) keys.push(`unfinished ${key}`);
  return keys;
}

const query = (name: string) => (asked: Asked) => new RegExp(`[?&]${name}\\b`).test(asked.url);
const is = {
  ifMatch: ({ headers, method }: Asked) => method === "PUT" && headers["if-match"] !== undefined,
  ifNoneMatch: ({ headers }: Asked) => headers["if-none-match"] !== undefined,
  range: ({ headers }: Asked) => headers.range !== undefined,
  head: ({ method }: Asked) => method === "HEAD",
  list: query("list-type=2"),
  create: query("uploads"),
  uploads: (asked: Asked) => asked.method === "GET" && query("uploads")(asked),
  abort: (asked: Asked) => asked.method === "DELETE" && query("uploadId=")(asked),
  batch: query("delete"),
  remove: (asked: Asked) => asked.method === "DELETE" && !query("uploadId=")(asked),
};

/** Writes whatever the condition says. */
async function ignoring({ body: Body, response, url }: Asked): Promise<void> {
  const client = proxy.client();
  const [, Bucket, ...key] = new URL(url, "http://store").pathname.split("/");
  const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key: key.join("/"), Body }));
  client.destroy();
  response.writeHead(200, { etag: ETag! }).end();
}

const refused = (...lacks: readonly RegExp[]) => ({
  kind: "refused",
  message: expect.stringMatching(
    new RegExp(
      `must do what S3 does, got a store that does not; use another one, or a newer version of it:${lacks.map(({ source }) => `\n  - ${source}`).join("")}$`,
    ),
  ) as string,
});

test("a store that can all of it passes, again for little, and keeps two small objects", async () => {
  await store.requireCapable("dumps");
  const before = proxy.asked.length;
  await store.requireCapable("dumps");
  await store.requireCapable("removal");
  // Each takes a round trip to a store that may be far away.
  expect(proxy.asked.length - before).toBeLessThanOrEqual(16);
  expect(await left()).toEqual(["probe/parts", "probe/write"]);
});

test("many may try it at once", async () => {
  const stores = Array.from({ length: 8 }, () => openStore(proxy.settings));
  await Promise.all(stores.map((one) => one.requireCapable("dumps")));
  for (const one of stores) one.close();
});

test.each<[string, keyof typeof is, RegExp]>([
  ["If-None-Match", "ifNoneMatch", /ignores If-None-Match, so of two first dumps one would be lost/],
  ["If-Match", "ifMatch", /ignores If-Match, so two runs could overwrite each other's work/],
])("a store that ignores %s is refused", async (_, kind, told) => {
  proxy.handle = (asked) => (is[kind](asked) ? ignoring(asked) : asked.pass());
  await expect(store.requireCapable("dumps")).rejects.toMatchObject(refused(told));
});

test.each<[string, keyof typeof is, "dumps" | "removal", RegExp]>([
  ["If-None-Match", "ifNoneMatch", "dumps", /refuses If-None-Match \(501 NotImplemented: not here\)/],
  ["If-Match", "ifMatch", "dumps", /refuses If-Match \(501 .*\)/],
  ["Range", "range", "dumps", /refuses GET with Range \(501 .*\)/],
  ["a list", "list", "dumps", /refuses ListObjectsV2 \(501 .*\)/],
  ["multipart uploads", "create", "dumps", /refuses multipart uploads \(501 .*\)/],
  ["giving up an upload", "abort", "dumps", /refuses multipart uploads \(501 .*\)/],
  ["a list of uploads", "uploads", "removal", /refuses ListMultipartUploads \(501 .*\)/],
])("a store that refuses %s is refused", async (_, kind, of, told) => {
  proxy.handle = (asked) => (is[kind](asked) ? asked.refuse(501, "NotImplemented", "not here") : asked.pass());
  await expect(store.requireCapable(of)).rejects.toMatchObject(refused(told));
});

test("a store that takes no condition though it holds is refused", async () => {
  proxy.handle = (asked) => (is.ifMatch(asked) ? asked.refuse(412, "PreconditionFailed") : asked.pass());
  await expect(store.requireCapable("dumps")).rejects.toMatchObject(refused(/takes no If-Match, not even one that .*/));
});

test("a store that answers the whole object for a part of it is refused", async () => {
  proxy.handle = (asked) =>
    is.range(asked) ? void asked.response.writeHead(200).end("acci tries here") : asked.pass();
  await expect(store.requireCapable("dumps")).rejects.toMatchObject(refused(/ignores Range, .*/));
});

test("all that is lacking is said at once", async () => {
  proxy.handle = (asked) => {
    if (is.ifNoneMatch(asked)) return asked.refuse(501, "NotImplemented");
    if (is.ifMatch(asked)) return ignoring(asked);
    return is.create(asked) ? asked.refuse(405, "MethodNotAllowed") : asked.pass();
  };
  await expect(store.requireCapable("dumps")).rejects.toMatchObject(
    refused(/refuses If-None-Match .*/, /ignores If-Match.*/, /refuses multipart uploads \(405 .*\)/),
  );
});

test("removal needs batches or single requests, not both", async () => {
  proxy.handle = (asked) => (is.batch(asked) ? asked.refuse(501, "NotImplemented") : asked.pass());
  await store.requireCapable("removal");
  expect(await left()).toEqual([]);
  proxy.handle = (asked) => (is.batch(asked) || is.remove(asked) ? asked.refuse(501, "NotImplemented") : asked.pass());
  await expect(store.requireCapable("removal")).rejects.toMatchObject(refused(/refuses DeleteObjects and .*/));
});

test("a key that may not is no lack of the store: what it may not remove is told by rotation", async () => {
  const actions = ["s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:ListBucketMultipartUploads"];
  const denied = openStore({ ...proxy.settings, ...(await server.account("prober", actions)) });
  await denied.requireCapable("removal");
  denied.close();
  const nothing = openStore({ ...proxy.settings, ...(await server.account("nobody", ["s3:GetObject"])) });
  await expect(nothing.requireCapable("dumps")).rejects.toMatchObject({
    kind: "store",
    message: expect.stringContaining("does not allow this, trying what it can") as string,
  });
  nothing.close();
});

test("a store that is away is an outage", async () => {
  proxy.handle = ({ response }) => void response.destroy();
  const away = openStore({ ...proxy.settings, endpoint: "http://127.0.0.1:1" });
  await expect(away.requireCapable("dumps")).rejects.toMatchObject({ kind: "store" });
  away.close();
});
