import { TestStore } from "../testing/store.ts";
import { type Asked, StoreProxy } from "../testing/store-proxy.ts";
import { openStore } from "./store.ts";

let server: TestStore;
beforeAll(async () => {
  server = await TestStore.start();
});
afterAll(() => server.stop());

let proxy: StoreProxy;
beforeEach(async () => {
  proxy = await StoreProxy.start(server.settings());
});
afterEach(() => proxy.stop());

const isBatch = ({ method, url }: Asked) => method === "POST" && /[?&]delete\b/.test(url);
const keys = Array.from({ length: 30 }, (_, i) => `dumps/a/${i}`);
const written = async () => {
  const store = openStore(proxy.settings);
  for (const key of keys) await store.write(key, "x");
  return store;
};
const batches = () => proxy.asked.filter((asked) => asked.startsWith("POST")).length;
async function left() {
  const found: string[] = [];
  for await (const { key } of openStore(proxy.settings).list("")) found.push(key);
  return found;
}

test.each([
  [501, "NotImplemented", "A header you provided implies functionality that is not implemented"],
  [405, "MethodNotAllowed", "The specified method is not allowed against this resource"],
  [400, "InvalidRequest", "Missing required header for this request: Content-MD5"],
  [400, "MissingContentMD5", "Missing required header for this request: Content-Md5."],
  [411, "MissingContentLength", "You must provide the Content-Length HTTP header"],
])(
  "a store that refuses batches (%d %s) is asked for each object, and for no batch again",
  async (status, code, told) => {
    const store = await written();
    proxy.handle = (asked) => (isBatch(asked) ? asked.refuse(status, code, told) : asked.pass());
    expect(await store.remove(keys.slice(0, 20))).toEqual([]);
    expect(await store.remove([...keys.slice(20), "dumps/a/none"])).toEqual([]);
    expect(await left()).toEqual([]);
    expect(batches()).toBe(1);
  },
);

test("a batch that is denied is denied for each object, and none is tried alone", async () => {
  const store = await written();
  proxy.handle = (asked) => (isBatch(asked) ? asked.refuse(403, "AccessDenied", "no") : asked.pass());
  expect(await store.remove(keys)).toEqual(keys.map((key) => ({ key, reason: "AccessDenied: no" })));
  expect((await left()).length).toBe(keys.length);
});

test("an object that alone is denied stays, and the others go", async () => {
  const store = await written();
  proxy.handle = (asked) => {
    if (isBatch(asked)) return asked.refuse(501, "NotImplemented");
    return asked.url.includes("/dumps/a/7") ? asked.refuse(403, "AccessDenied", "no") : asked.pass();
  };
  expect(await store.remove(keys)).toEqual([{ key: "dumps/a/7", reason: "AccessDenied: no" }]);
  expect(await left()).toEqual(["dumps/a/7"]);
});

test("what is no refusal of batches is the store's failure, and so is a store that refuses single ones as well", async () => {
  const store = await written();
  proxy.handle = (asked) => (asked.method === "PUT" ? asked.pass() : asked.refuse(409, "OperationAborted"));
  await expect(store.remove(keys)).rejects.toMatchObject({ kind: "store" });
  proxy.handle = ({ refuse }) => refuse(405, "MethodNotAllowed");
  await expect(store.remove(keys)).rejects.toMatchObject({
    kind: "store",
    message: expect.stringContaining("answered 405, removing objects") as string,
  });
});
