import { openStore, type Store } from "../store/store.ts";
import { publishDump } from "../testing/dumps.ts";
import { TestStore } from "../testing/store.ts";
import { copyMissing } from "./copy.ts";
import { loadCatalogue } from "./document.ts";
import { prune } from "./prune.ts";
import { activate } from "./activation.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

let server: TestStore;
let away: TestStore;
beforeAll(async () => {
  [server, away] = await Promise.all([TestStore.start(), TestStore.start()]);
});
afterAll(() => Promise.all([server.stop(), away.stop()]));

const prod = { site: "prod", epoch: 1 };
const days = ["2026-01-01T02:00:00Z", "2026-01-02T02:00:00Z", "2026-01-03T02:00:00Z"];

async function stores() {
  const store = openStore(server.settings());
  const second = openStore(away.settings());
  const entries = [];
  for (const [index, snapshotAt] of days.entries()) entries.push(await publishDump(store, index + 1, { snapshotAt }));
  return { store, second, entries };
}

async function bodies(store: Store): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key } of store.list("dumps/")) found[key] = (await store.read(key))!.body;
  return found;
}

test("everything is brought, and then only what is new", async () => {
  const { store, second, entries } = await stores();
  const copied = await copyMissing(store, second);
  expect(copied.entries).toEqual(entries);
  expect(await bodies(second)).toEqual(await bodies(store));
  expect(await loadCatalogue(second)).toEqual(await loadCatalogue(store));

  const put = jest.spyOn(second, "put");
  expect(await copyMissing(store, second)).toEqual({ entries: [], bytes: 0 });
  expect(put).not.toHaveBeenCalled();
  const fresh = await publishDump(store, 4, { snapshotAt: "2026-01-04T02:00:00Z" });
  expect((await copyMissing(store, second)).entries).toEqual([fresh]);
  expect(await loadCatalogue(second)).toEqual(await loadCatalogue(store));
});

test("what the first store's rules would let go meanwhile stays until it is copied, and what they did is no failure", async () => {
  const { store, second, entries } = await stores();
  const put = second.put.bind(second);
  const keep = { hourly: 0, daily: 1, weekly: 0, monthly: 0, yearly: 0 };
  let rotated = false;
  second.put = async (...args) => {
    if (!rotated) expect((await prune(store, keep, { acting: prod })).expired).toEqual([entries[1]]);
    rotated = true;
    return put(...args);
  };
  expect((await copyMissing(store, second)).entries).toEqual([entries[0], entries[2]]);
});

test("bad dumps are not brought", async () => {
  const { store, second, entries } = await stores();
  await publishDump(store, 4, { status: "bad", reason: "a row is missing" });
  expect((await copyMissing(store, second)).entries).toEqual(entries);
});

test("killed in a dump, that one is not there, and the next copy ends it", async () => {
  const { store, second, entries } = await stores();
  const put = second.put.bind(second);
  let left = 4;
  second.put = (...args) => (left-- > 0 ? put(...args) : Promise.reject(new Error("killed")));
  await expect(copyMissing(store, second)).rejects.toThrow("killed");
  expect((await loadCatalogue(second))!.entries).toEqual(entries.slice(0, 1));

  second.put = jest.fn(put);
  expect((await copyMissing(store, second)).entries).toEqual(entries.slice(1));
  // One of the second dump's objects was there already.
  expect(second.put).toHaveBeenCalledTimes(5);
  expect(await bodies(second)).toEqual(await bodies(store));
});

test.each([
  ["of another length", (body: string) => `${body}.`],
  ["with one bit flipped", (body: string) => String.fromCharCode(body.charCodeAt(0) ^ 1) + body.slice(1)],
])("an object %s stays out, and so does its dump alone", async (_, damaged) => {
  const { store, second, entries } = await stores();
  const key = `dumps/${entries[1]!.id}/tables/1`;
  await store.write(key, damaged((await store.read(key))!.body));
  await expect(copyMissing(store, second)).rejects.toMatchObject({
    exitCode: EXIT_CODES.verification,
    message: expect.stringContaining(`${key}: must have`) as string,
  });
  expect(await second.head(key)).toBeUndefined();
  expect((await loadCatalogue(second))!.entries).toEqual([entries[0], entries[2]]);
});

test("another manifest than the catalogue names, and an object that is missing, keep their dumps out", async () => {
  const { store, second, entries } = await stores();
  await store.write(entries[0]!.manifest.key, "{}");
  await store.remove([`dumps/${entries[1]!.id}/archive`]);
  const told = /SHA-256 must be .*\n.*has no dumps\/.*\/archive/;
  await expect(copyMissing(store, second)).rejects.toMatchObject({
    exitCode: EXIT_CODES.verification,
    message: expect.stringMatching(told) as string,
  });
  expect((await loadCatalogue(second))!.entries).toEqual([entries[2]]);
});

test("what the second store's own rules let go is not brought again", async () => {
  const { store, second, entries } = await stores();
  const keep = { hourly: 0, daily: 2, weekly: 0, monthly: 0, yearly: 0 };
  expect((await copyMissing(store, second, { keep })).entries).toEqual(entries.slice(1));
  const one = { ...keep, daily: 1 };
  await prune(second, one, { acting: prod });
  expect((await copyMissing(store, second, { keep: one })).entries).toEqual([]);
});

describe("after a failover", () => {
  test("in the first store, the second learns of it even without a new dump", async () => {
    const { store, second } = await stores();
    await copyMissing(store, second);
    await activate(store, { site: "dr", from: prod });
    await copyMissing(store, second);
    expect(await loadCatalogue(second)).toMatchObject({ site: "dr", epoch: 2, takeover: { from: prod } });
  });

  test("in the second store, the old site's copies are refused", async () => {
    const { store, second } = await stores();
    await copyMissing(store, second);
    await activate(second, { site: "dr", from: prod });
    await publishDump(store, 4, { snapshotAt: "2026-01-04T02:00:00Z" });
    await expect(copyMissing(store, second)).rejects.toMatchObject({
      exitCode: EXIT_CODES.fenced,
      message: expect.stringContaining("has dr (epoch 2) as the active site, got dumps of prod (epoch 1)") as string,
    });
    expect((await loadCatalogue(second))!.entries).toHaveLength(3);
  });
});

test.each(["first", "second"])("an older catalogue that is put back in the %s store is refused", async (where) => {
  const { store, second } = await stores();
  await copyMissing(store, second);
  const changed = where === "first" ? store : second;
  const older = (await changed.read("catalogue.json"))!.body;
  await publishDump(store, 4, { snapshotAt: "2026-01-04T02:00:00Z" });
  await copyMissing(store, second);
  await changed.write("catalogue.json", older);
  await expect(copyMissing(store, second)).rejects.toMatchObject({
    exitCode: EXIT_CODES.refused,
    message: expect.stringContaining(`${changed.place}: catalogue.json must be of revision`) as string,
  });
});

test("nothing at all is refused", async () => {
  const [store, second] = [openStore(server.settings()), openStore(away.settings())];
  await expect(copyMissing(store, second)).rejects.toMatchObject({ exitCode: EXIT_CODES.refused });
  expect(await second.read("catalogue.json")).toBeUndefined();
});
