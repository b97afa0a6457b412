import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { TestStore } from "../testing/store.ts";
import { type StoreSettings } from "./settings.ts";
import { openStore } from "./store.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

let server: TestStore;
beforeAll(async () => {
  server = await TestStore.start();
});
afterAll(() => server.stop());

const open = (changed: Partial<StoreSettings> = {}) => openStore(server.settings(changed));
const bytes = (text: string) => Readable.from([Buffer.from(text)]);
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const MB = 1 << 20;
/** So many MB that no compression helps with, made as they are asked for. */
async function* megabytes(count: number, then?: Error) {
  const chunk = Buffer.alloc(MB);
  for (let index = 0; index < count; index++) {
    chunk.writeUInt32LE(index);
    yield Buffer.from(chunk);
  }
  if (then) throw then;
}

describe("objects", () => {
  test("come back as they were stored", async () => {
    const store = open();
    expect(await store.put("dumps/a/1", bytes("0123456789"))).toBe(10);
    expect(String(await buffer(await store.get("dumps/a/1")))).toBe("0123456789");
    expect(await store.head("dumps/a/1")).toMatchObject({ bytes: 10 });
    expect(await store.head("dumps/a/2")).toBeUndefined();
  });

  test("are listed under the folder of the settings only, and removed from it", async () => {
    const [store, other] = [open(), open()];
    const keys = Array.from({ length: 1005 }, (_, index) => `dumps/a/${String(index).padStart(4, "0")}`);
    await Promise.all(keys.map((key) => store.write(key, "x")));
    await other.write("dumps/a/0000", "other's");
    expect((await all(store.list("dumps/"))).map(({ key }) => key)).toEqual(keys);
    expect(await store.remove(keys)).toEqual([]);
    expect(await all(store.list(""))).toEqual([]);
    expect(await all(other.list(""))).toMatchObject([{ key: "dumps/a/0000", bytes: 7 }]);
  });

  test("an object that is missing is named", async () => {
    await expect(open().get("dumps/a/1")).rejects.toMatchObject({
      exitCode: EXIT_CODES.verification,
      message: expect.stringContaining("has no dumps/a/1; the dump is not whole") as string,
    });
  });
});

describe("conditional writes", () => {
  test("happen when the condition holds, and are told apart when not", async () => {
    const store = open();
    expect(await store.read("doc")).toBeUndefined();
    const first = await store.write("doc", "1", { ifAbsent: true });
    expect(first).toBeDefined();
    expect(await store.write("doc", "2", { ifAbsent: true })).toBeUndefined();
    const second = await store.write("doc", "2", { ifMatch: first! });
    expect(await store.write("doc", "3", { ifMatch: first! })).toBeUndefined();
    expect(await store.read("doc")).toMatchObject({ body: "2", etag: second });
    expect(await store.write("none", "1", { ifMatch: first! })).toBeUndefined();
  });

  test("of many at once one wins", async () => {
    const store = open();
    const writes = Array.from({ length: 20 }, (_, index) => store.write("doc", String(index), { ifAbsent: true }));
    expect((await Promise.all(writes)).filter((etag) => etag !== undefined)).toHaveLength(1);
  });
});

describe("large streams", () => {
  test("are stored and read in constant memory", async () => {
    const store = open();
    let peak = 0;
    const base = process.memoryUsage().rss;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss - base)), 20);
    expect(await store.put("large", Readable.from(megabytes(300)))).toBe(300 * MB);
    let read = 0;
    for await (const chunk of await store.get("large")) read += (chunk as Buffer).length;
    clearInterval(watch);
    expect(read).toBe(300 * MB);
    expect(peak).toBeLessThan(200 * MB);
  });

  test("that break leave nothing, and fail with their own error", async () => {
    const store = open();
    const broken = store.put("broken", Readable.from(megabytes(20, new Error("the database went away"))));
    await expect(broken).rejects.toThrow("the database went away");
    expect(await store.head("broken")).toBeUndefined();
    expect(await all(store.unfinished(""))).toEqual([]);
  });

  test("that are stopped leave nothing", async () => {
    const store = open();
    const controller = new AbortController();
    async function* endless() {
      yield* megabytes(20);
      controller.abort(new Error("enough"));
      yield* megabytes(1000);
    }
    const stopped = store.put("stopped", Readable.from(endless()), { signal: controller.signal });
    await expect(stopped).rejects.toThrow("enough");
    expect(await store.head("stopped")).toBeUndefined();
    expect(await all(store.unfinished(""))).toEqual([]);
  });

  test("are written on after the store was gone for a moment", async () => {
    const store = open();
    async function* interrupted() {
      yield* megabytes(20);
      await server.down();
      void sleep(500).then(() => server.up());
      yield* megabytes(40);
    }
    expect(await store.put("continued", Readable.from(interrupted()))).toBe(60 * MB);
    expect(await store.head("continued")).toMatchObject({ bytes: 60 * MB });
  });

  test("are read on after the store was gone for a moment", async () => {
    const store = open();
    await store.put("resumed", Readable.from(megabytes(60)));
    const chunks: Buffer[] = [];
    for await (const chunk of await store.get("resumed")) {
      chunks.push(chunk as Buffer);
      if (chunks.length === 1) {
        await server.down();
        void sleep(500).then(() => server.up());
      }
    }
    expect(Buffer.compare(Buffer.concat(chunks), Buffer.concat(await all(megabytes(60))))).toBe(0);
  });
});

test("the store's clock is its own", async () => {
  const store = open();
  expect(Math.abs((await store.now()).getTime() - Date.now())).toBeLessThan(3000);
});

describe("what is wrong is said", () => {
  test.each<[string, string, () => Partial<StoreSettings>]>([
    ["a wrong access key", "does not know the access key", () => ({ accessKeyId: "nobody" })],
    ["a wrong secret key", "does not accept the secret key", () => ({ secretAccessKey: "wrong" })],
    ["a missing bucket", "has no such bucket", () => ({ bucket: "missing" })],
    ["nobody there", "cannot be reached", () => ({ endpoint: "http://127.0.0.1:1" })],
    ["an unknown name", "has a name that is not known", () => ({ endpoint: "http://store.invalid" })],
    ["no TLS", "does not speak TLS here", () => ({ endpoint: server.endpoint.replace("http:", "https:") })],
  ])("%s", async (_, told, changed) => {
    const failed = open(changed()).read("catalogue.json");
    await expect(failed).rejects.toMatchObject({
      exitCode: EXIT_CODES.store,
      message: expect.stringContaining(told) as string,
    });
  });

  test("one that is silent", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await new Promise((ready) => silent.once("listening", ready));
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await expect(open({ endpoint, idleSeconds: 0.2 }).read("catalogue.json")).rejects.toThrow(
      "does not answer in time",
    );
    silent.closeAllConnections();
    silent.close();
  });
});
