import fc from "fast-check";
import { openStore, Store } from "../store/store.ts";
import { aCatalogue, aDump, anEntry } from "../testing/entries.ts";
import { TestStore } from "../testing/store.ts";
import { CATALOGUE, changeCatalogue, loadCatalogue } from "./document.ts";
import { MARK } from "./mark.ts";
import { publish } from "./publish.ts";
import { prune } from "./prune.ts";
import { activate } from "./activation.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

let server: TestStore;
beforeAll(async () => {
  server = await TestStore.start();
});
afterAll(() => server.stop());

const open = () => openStore(server.settings());
const prod = { site: "prod", epoch: 1 };
const older = (revision: number, got: string) => ({
  exitCode: EXIT_CODES.refused,
  message: expect.stringMatching(
    `catalogue.json must be of revision ${revision} or later, got ${got}.*; put the object's newest version back, or .* remove mark.json$`,
  ) as string,
});
/** As somebody would leave it who changed it by hand. */
const unsealed = (body: string) => body.replace(/,\n {2}"checksum": .*\n/, "\n");
const flipped = (bytes: Buffer, offset: number) => {
  const changed = Buffer.from(bytes);
  changed[offset]! ^= 1 << (offset % 8);
  return changed;
};
const fencedWith = (message: string) => ({
  exitCode: EXIT_CODES.fenced,
  message: expect.stringContaining(message) as string,
});

describe("the document", () => {
  test("is absent before the first dump, which makes it", async () => {
    const store = open();
    expect(await loadCatalogue(store)).toBeUndefined();
    const entry = await publish(store, { site: "prod" }, aDump(1));
    expect(entry).toMatchObject({ sequence: 1, site: "prod", epoch: 1 });
    expect(await loadCatalogue(store)).toEqual({
      format: "acci-catalogue",
      version: 1,
      site: "prod",
      epoch: 1,
      sequence: 1,
      entries: [entry],
    });
  });

  test.each([
    ["not JSON", "{", "expected object, received string"],
    ["another version's", JSON.stringify({ format: "acci-catalogue", version: 2 }), "→ at version"],
    ["a wrong value", (good: string) => good.replace('"rows": 42', '"rows": -1'), "→ at entries[0].rows"],
    ["an unknown key", (good: string) => good.replace('"rows"', '"lines"'), 'Unrecognized key: "lines"'],
  ])("that is %s is refused and kept", async (_, broken, told) => {
    const store = open();
    await publish(store, prod, aDump(1));
    const body = typeof broken === "string" ? broken : broken(unsealed((await store.read(CATALOGUE))!.body));
    await store.write(CATALOGUE, body);
    for (const use of [() => loadCatalogue(store), () => publish(store, prod, aDump(2))]) {
      await expect(use()).rejects.toMatchObject({
        exitCode: EXIT_CODES.refused,
        message: expect.stringContaining(told) as string,
      });
    }
    expect((await store.read(CATALOGUE))!.body).toBe(body);
  });

  test("is not begun anew by a site that has seen one", async () => {
    const lost = publish(open(), { site: "prod", epoch: 3 }, aDump(1));
    await expect(lost).rejects.toMatchObject({
      exitCode: EXIT_CODES.refused,
      message: expect.stringContaining("put it back") as string,
    });
  });

  test("is not written when nothing changes", async () => {
    const store = open();
    await publish(store, prod, aDump(1));
    const before = await store.read(CATALOGUE);
    await changeCatalogue(store, (catalogue) => catalogue!);
    await publish(store, prod, aDump(1));
    expect((await store.read(CATALOGUE))!.etag).toBe(before!.etag);
  });

  test("is never written so that it could not be read", async () => {
    const store = open();
    const wrong = publish(store, prod, aDump(1, { rows: -1 }));
    await expect(wrong).rejects.toThrow("rows");
    expect(await loadCatalogue(store)).toBeUndefined();
  });
});

describe("damage", () => {
  test("of any one bit is refused, and kept for whoever puts a good one back", async () => {
    const store = open();
    await publish(store, prod, aDump(1, { reason: "a row of “notes” is missing", status: "bad" }));
    const { body } = (await store.read(CATALOGUE))!;
    const good = await loadCatalogue(store);
    const bytes = Buffer.from(body);
    for (let offset = 0; offset < bytes.length; offset++) {
      const found = { body: String(flipped(bytes, offset)), etag: "1", modified: new Date() };
      const read = (key: string) => Promise.resolve(key === CATALOGUE ? found : undefined);
      await expect(loadCatalogue({ place: "s3://acci", read } as unknown as Store)).rejects.toMatchObject({
        kind: "refused",
        message: expect.stringMatching(/catalogue\.json .*put the object's (newest|last) good version back/) as string,
      });
    }
    const damaged = String(flipped(bytes, body.indexOf("prod")));
    await store.write(CATALOGUE, damaged);
    await expect(loadCatalogue(store)).rejects.toThrow(/must be as it was written, but its content has the checksum /);
    await expect(publish(store, prod, aDump(2))).rejects.toMatchObject({ exitCode: EXIT_CODES.refused });
    expect((await store.read(CATALOGUE))!.body).toBe(damaged);
    await store.write(CATALOGUE, body);
    expect(await loadCatalogue(store)).toEqual(good);
  });

  test("of the mark is refused too", async () => {
    const store = open();
    await publish(store, prod, aDump(1));
    await store.write(MARK, (await store.read(MARK))!.body.replace('"revision": 1', '"revision": 9'));
    await expect(loadCatalogue(store)).rejects.toMatchObject({
      exitCode: EXIT_CODES.refused,
      message: expect.stringContaining("mark.json must be a mark of the catalogue") as string,
    });
  });

  test("cannot be seen in a catalogue of before there were checksums, which gets one at its next change", async () => {
    const store = open();
    const old = aCatalogue([anEntry(1)]);
    await store.write(CATALOGUE, JSON.stringify(old));
    expect(await loadCatalogue(store)).toEqual(old);
    expect(await store.read(MARK)).toBeUndefined();
    await publish(store, prod, aDump(2));
    expect(JSON.parse((await store.read(CATALOGUE))!.body)).toMatchObject({
      revision: 1,
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    await store.write(CATALOGUE, JSON.stringify(old));
    await expect(loadCatalogue(store)).rejects.toMatchObject(older(1, "0: this is an older one"));
  });
});

describe("an older catalogue that is put back", () => {
  async function changedTwice() {
    const store = open();
    await publish(store, prod, aDump(1));
    const first = (await store.read(CATALOGUE))!.body;
    await activate(store, { site: "dr", from: prod });
    return { store, first };
  }

  test("is refused to all, until the newest is there again", async () => {
    const { store, first } = await changedTwice();
    const second = (await store.read(CATALOGUE))!.body;
    await store.write(CATALOGUE, first);
    const keep = { hourly: 9, daily: 9, weekly: 9, monthly: 9, yearly: 9 };
    for (const use of [
      () => loadCatalogue(store),
      () => publish(store, prod, aDump(2)),
      () => activate(store, { site: "dr2", from: prod }),
      () => prune(store, keep, { acting: prod }),
    ])
      await expect(use()).rejects.toMatchObject(older(2, "1: this is an older one that was put back"));
    expect((await store.read(CATALOGUE))!.body).toBe(first);
    await store.write(CATALOGUE, second);
    expect(await publish(store, { site: "dr", epoch: 2 }, aDump(2))).toMatchObject({ sequence: 2 });
  });

  test("is gone on from by whoever removes the mark, and then the ones it replaced are refused", async () => {
    const { store, first } = await changedTwice();
    const second = (await store.read(CATALOGUE))!.body;
    await store.write(CATALOGUE, first);
    await store.remove([MARK]);
    await publish(store, prod, aDump(2));
    await store.write(CATALOGUE, second);
    await expect(loadCatalogue(store)).rejects.toMatchObject(older(2, "2: this is an older one"));
  });

  test("is told from one that was removed, which is not begun anew", async () => {
    const { store } = await changedTwice();
    await store.remove([CATALOGUE]);
    await expect(loadCatalogue(store)).rejects.toMatchObject(older(2, "none: it was removed"));
    await expect(publish(store, prod, aDump(2))).rejects.toMatchObject(older(2, "none: it was removed"));
  });

  test("is found out after a change whose maker was killed before the mark, by the next change", async () => {
    const { store } = await changedTwice();
    const dr = { site: "dr", epoch: 2 };
    const write = jest.spyOn(store, "write").mockImplementation(async (key, ...rest) => {
      if (key === MARK) throw new Error("killed");
      return Store.prototype.write.call(store, key, ...rest);
    });
    await expect(publish(store, dr, aDump(2))).rejects.toThrow("killed");
    write.mockRestore();
    expect((await loadCatalogue(store))!.entries).toHaveLength(2);
    const third = (await store.read(CATALOGUE))!.body;
    // Published already: nothing changes, and the mark is made up for.
    await publish(store, dr, aDump(2));
    expect(JSON.parse((await store.read(MARK))!.body)).toMatchObject({ revision: 3 });
    await publish(store, dr, aDump(3));
    await store.write(CATALOGUE, third);
    await expect(loadCatalogue(store)).rejects.toMatchObject(older(4, "3: this is an older one"));
  });

  test("is never seen where others only change it meanwhile", async () => {
    const settings = server.settings();
    const [writer, reader] = [openStore(settings), openStore(settings)];
    await publish(writer, prod, aDump(1));
    let writing = true;
    const publishing = Promise.all(Array.from({ length: 25 }, (_, i) => publish(writer, prod, aDump(i + 2)))).finally(
      () => (writing = false),
    );
    while (writing) expect((await loadCatalogue(reader))!.entries.length).toBeGreaterThan(0);
    await publishing;
    expect(JSON.parse((await reader.read(MARK))!.body)).toMatchObject({ revision: 26 });
  });
});

describe("many at once", () => {
  test("lose none, and give each sequence once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 12 }), async (count) => {
        // Each publisher with connections of its own.
        const settings = server.settings();
        const dumps = Array.from({ length: count }, (_, index) => aDump(index + 1));
        const entries = await Promise.all(dumps.map((dump) => publish(openStore(settings), prod, dump)));
        const { entries: listed, sequence } = (await loadCatalogue(openStore(settings)))!;
        expect(sequence).toBe(count);
        expect(listed.map((entry) => entry.sequence)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
        expect(listed).toEqual(entries.toSorted((a, b) => a.sequence - b.sequence));
      }),
      { numRuns: 5 },
    );
  });

  test("of sites that would fail over at once, one does", async () => {
    const store = open();
    await publish(store, prod, aDump(1));
    const sites = ["dr1", "dr2", "dr3", "dr4"];
    const results = await Promise.allSettled(sites.map((site) => activate(store, { site, from: prod })));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await loadCatalogue(store)).toMatchObject({ epoch: 2 });
  });
});

describe("a failover", () => {
  test("shuts the old site out, and says which site is active", async () => {
    const store = open();
    const { id } = await publish(store, prod, aDump(1));
    expect(await activate(store, { site: "dr", from: prod, dump: id })).toEqual({ site: "dr", epoch: 2 });
    for (const old of [prod, { site: "prod" }]) {
      await expect(publish(store, old, aDump(2))).rejects.toMatchObject(
        fencedWith("got dr (epoch 2) as the active site, since it failed over from prod (epoch 1) on 2"),
      );
    }
    expect(await publish(store, { site: "dr", epoch: 2 }, aDump(3))).toMatchObject({ epoch: 2, sequence: 2 });
  });

  test("shuts out the same site's older self", async () => {
    const store = open();
    await publish(store, prod, aDump(1));
    await activate(store, { site: "prod", from: prod });
    await expect(publish(store, prod, aDump(2))).rejects.toMatchObject(fencedWith("got prod (epoch 2)"));
  });

  test("asked again answers the same, and after the way back no more", async () => {
    const store = open();
    await publish(store, prod, aDump(1));
    const first = await activate(store, { site: "dr", from: prod });
    const document = await store.read(CATALOGUE);
    expect(await activate(store, { site: "dr", from: prod })).toEqual(first);
    expect(await store.read(CATALOGUE)).toEqual(document);

    expect(await activate(store, { site: "prod", from: first })).toEqual({ site: "prod", epoch: 3 });
    const again = activate(store, { site: "dr", from: prod });
    await expect(again).rejects.toMatchObject(fencedWith("another failover came first"));
  });

  test("of nothing is refused", async () => {
    const wanted = activate(open(), { site: "dr", from: prod });
    await expect(wanted).rejects.toMatchObject({
      exitCode: EXIT_CODES.refused,
      message: expect.stringContaining("has no catalogue") as string,
    });
  });
});
