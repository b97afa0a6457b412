import { CreateMultipartUploadCommand, S3Client } from "@aws-sdk/client-s3";
import { openStore, type Store } from "../store/store.ts";
import { type StoreSettings } from "../store/settings.ts";
import { publishDump, stageDump } from "../testing/dumps.ts";
import { idAt } from "../testing/entries.ts";
import { TestStore } from "../testing/store.ts";
import { loadCatalogue } from "./document.ts";
import { withLease } from "./lease.ts";
import { withPin } from "./pin.ts";
import { publish } from "./publish.ts";
import { prune, type PruneOptions } from "./prune.ts";
import { activate } from "./activation.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

let server: TestStore;
beforeAll(async () => {
  server = await TestStore.start();
});
afterAll(() => server.stop());

const acting = { site: "prod" };
const keep = { hourly: 0, daily: 2, weekly: 0, monthly: 0, yearly: 0 };
const days = ["2026-01-01T02:00:00Z", "2026-01-02T02:00:00Z", "2026-01-03T02:00:00Z", "2026-01-04T02:00:00Z"];
const [oldest, , , newest] = days.map((day, index) => idAt(new Date(day), index + 1));

async function fourDays(settings = server.settings()) {
  const store = openStore(settings);
  for (const [index, snapshotAt] of days.entries()) await publishDump(store, index + 1, { snapshotAt });
  return { store, settings };
}

async function foldersIn(store: Store): Promise<string[]> {
  const folders = new Set<string>();
  for await (const { key } of store.list("dumps/")) folders.add(key.split("/")[1]!);
  return [...folders].sort();
}

const listed = async (store: Store) => (await loadCatalogue(store))!.entries.map(({ id }) => id);
/** As if a day had passed since everything was written. */
const tomorrow: PruneOptions = { acting, olderThan: -60_000 };

test("what expired leaves the catalogue and the store, and a second time there is nothing to do", async () => {
  const { store } = await fourDays();
  const bytes = (await loadCatalogue(store))!.entries.map((entry) => entry.bytes + entry.manifest.bytes);
  const done = await prune(store, keep, { acting });
  expect(done.expired.map(({ id }) => id)).toEqual([oldest, idAt(new Date(days[1]!), 2)]);
  expect(done).toMatchObject({ leftovers: [], uploads: [], refused: [], freedBytes: bytes[0]! + bytes[1]! });
  expect(await foldersIn(store)).toEqual(await listed(store));
  expect(await listed(store)).toHaveLength(2);
  expect(await prune(store, keep, { acting })).toMatchObject({ expired: [], leftovers: [], freedBytes: 0 });
});

test("a dry run tells the same and changes nothing", async () => {
  const { store } = await fourDays();
  await stageDump(store, 9);
  const plan = await prune(store, keep, { ...tomorrow, dryRun: true });
  expect(await foldersIn(store)).toHaveLength(5);
  expect(await listed(store)).toHaveLength(4);
  const done = await prune(store, keep, tomorrow);
  expect(done).toEqual({ ...plan, dryRun: false });
  expect(done.leftovers).toHaveLength(1);
});

test("killed after the catalogue and before the store, the next one ends it", async () => {
  const { store } = await fourDays();
  const remove = jest.spyOn(store, "remove").mockRejectedValue(new Error("killed"));
  await expect(prune(store, keep, { acting })).rejects.toThrow("killed");
  remove.mockRestore();
  expect(await listed(store)).toHaveLength(2);
  expect(await foldersIn(store)).toHaveLength(4);

  const next = await prune(store, keep, tomorrow);
  expect(next.leftovers.map(({ id }) => id)).toContain(oldest);
  expect(await foldersIn(store)).toEqual(await listed(store));
});

describe("what no dump claims", () => {
  test("is left alone for a day, and then removed", async () => {
    const { store } = await fourDays();
    const { id } = await stageDump(store, 9);
    expect((await prune(store, keep, { acting })).leftovers).toEqual([]);
    expect((await prune(store, keep, tomorrow)).leftovers).toMatchObject([{ id, keys: { length: 3 } }]);
    expect(await foldersIn(store)).not.toContain(id);
  });

  test("is left alone as long as its run is at work", async () => {
    const { store } = await fourDays();
    const { id } = await stageDump(store, 9);
    await withLease(store, { name: "prod", dump: id }, {}, async () => {
      expect((await prune(store, keep, tomorrow)).leftovers).toEqual([]);
    });
    expect((await prune(store, keep, tomorrow)).leftovers).toMatchObject([{ id }]);
  });

  test("is left alone when it is published in that moment", async () => {
    const { store } = await fourDays();
    const dump = await stageDump(store, 9, { snapshotAt: "2026-01-05T02:00:00Z" });
    const list = store.list.bind(store);
    store.list = async function* (prefix) {
      yield* list(prefix);
      await publish(store, acting, dump);
    };
    expect((await prune(store, keep, tomorrow)).leftovers).toEqual([]);
    store.list = list;
    expect(await listed(store)).toContain(dump.id);
    expect(await foldersIn(store)).toContain(dump.id);
  });

  test("an unfinished upload is given up as old, and not while its run is at work", async () => {
    const { store, settings } = await fourDays();
    const id = await beginUpload(settings);
    await withLease(store, { name: "prod", dump: id }, {}, async () => {
      expect((await prune(store, keep, tomorrow)).uploads).toEqual([]);
    });
    expect((await prune(store, keep, { acting })).uploads).toEqual([]);
    expect((await prune(store, keep, tomorrow)).uploads).toMatchObject([{ key: `dumps/${id}/tables/1` }]);
    expect((await prune(store, keep, tomorrow)).uploads).toEqual([]);
  });
});

async function beginUpload(settings: StoreSettings): Promise<string> {
  const id = idAt(new Date(days[0]!), 77);
  const { accessKeyId, secretAccessKey, bucket: Bucket, ...rest } = settings;
  const client = new S3Client({ ...rest, credentials: { accessKeyId, secretAccessKey } });
  await client.send(new CreateMultipartUploadCommand({ Bucket, Key: `${settings.prefix}/dumps/${id}/tables/1` }));
  client.destroy();
  return id;
}

describe("a dump that somebody works with", () => {
  const pins = async (store: Store) => {
    const keys: string[] = [];
    for await (const { key } of store.list("pins/")) keys.push(key);
    return keys;
  };
  const later = async (store: Store) => new Date((await store.now()).getTime() + 11 * 60_000);

  test("stays in catalogue and store, and goes once nobody was heard of for ten minutes", async () => {
    const { store } = await fourDays();
    await withPin(store, oldest!, async () => {
      expect((await prune(store, keep, { ...tomorrow, dryRun: true })).expired).toHaveLength(1);
      expect((await prune(store, keep, tomorrow)).expired.map(({ id }) => id)).not.toContain(oldest);
      expect(await listed(store)).toContain(oldest);
      expect(await foldersIn(store)).toContain(oldest);
    });
    expect(await pins(store)).toHaveLength(1);
    expect((await prune(store, keep, { acting, now: await later(store) })).expired).toMatchObject([{ id: oldest }]);
    expect(await foldersIn(store)).toEqual(await listed(store));
    expect(await pins(store)).toEqual([]);
  });

  test("is renewed for as long as the work takes, though the store fails now and then", async () => {
    const { store } = await fourDays();
    const write = jest.spyOn(store, "write");
    const renewed = (times: number) => async () => {
      write.mockRejectedValueOnce(new Error("the store is away"));
      while (write.mock.calls.length <= times) await new Promise((next) => setTimeout(next, 5));
    };
    await withPin(store, oldest!, renewed(4), { renewEvery: 10 });
    const { length } = write.mock.calls;
    await new Promise((next) => setTimeout(next, 100));
    expect(write).toHaveBeenCalledTimes(length);
  });

  test("keeps its objects even when it left the catalogue in that moment", async () => {
    const { store } = await fourDays();
    const write = store.write.bind(store);
    let pinned: Promise<void> | undefined;
    let end = () => {};
    // Pinned after rotation asked for pins, and before it writes the catalogue.
    store.write = async (key, ...rest) => {
      if (key === "catalogue.json")
        await new Promise<void>((begun) => {
          pinned ??= withPin(store, oldest!, () => (begun(), new Promise((ended) => (end = ended))));
        });
      return write(key, ...rest);
    };
    expect((await prune(store, keep, tomorrow)).expired.map(({ id }) => id)).toContain(oldest);
    expect(await foldersIn(store)).toContain(oldest);
    end();
    await pinned;
  });

  test("that left the catalogue before cannot be worked with", async () => {
    const { store } = await fourDays();
    await prune(store, keep, { acting });
    const work = jest.fn();
    await expect(withPin(store, oldest!, work)).rejects.toMatchObject({
      exitCode: EXIT_CODES.refused,
      message: `dump ${oldest}: was removed by rotation meanwhile; run it again, or choose another`,
    });
    expect(work).not.toHaveBeenCalled();
  });

  test("is let go by the writer with no right to remove its pin", async () => {
    const { store, settings } = await fourDays();
    const account = await server.account("pinner", ["s3:PutObject", "s3:GetObject", "s3:ListBucket"]);
    await withPin(openStore({ ...settings, ...account }), oldest!, () => Promise.resolve());
    expect(await pins(store)).toHaveLength(1);
  });
});

describe("refused", () => {
  test("without a catalogue, so that a lost one does not take the dumps along", async () => {
    const { store } = await fourDays();
    await store.remove(["catalogue.json"]);
    await expect(prune(store, keep, tomorrow)).rejects.toMatchObject({ exitCode: EXIT_CODES.refused });
    expect(await foldersIn(store)).toHaveLength(4);
  });

  test("to a site that is not the active one any more", async () => {
    const { store } = await fourDays();
    await activate(store, { site: "dr", from: { site: "prod", epoch: 1 } });
    await expect(prune(store, keep, { acting })).rejects.toMatchObject({ exitCode: EXIT_CODES.fenced });
    expect(await listed(store)).toHaveLength(4);
  });

  test("what the key may not remove is told, is no longer a dump, and goes once it may", async () => {
    const { store, settings } = await fourDays();
    const actions = ["s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:ListBucketMultipartUploads"];
    const account = await server.account("keeper", actions);
    const limited = openStore({ ...settings, ...account });
    const done = await prune(limited, keep, { acting });
    expect(done.refused).toHaveLength(6);
    expect(done.refused[0]).toMatchObject({ reason: expect.stringContaining("AccessDenied") as string });
    expect(done.freedBytes).toBe(0);
    expect(await listed(store)).toEqual([idAt(new Date(days[2]!), 3), newest]);
    expect((await prune(store, keep, tomorrow)).leftovers).toHaveLength(2);
    expect(await foldersIn(store)).toHaveLength(2);
  });
});
