import fc from "fast-check";
import { openStore } from "../store/store.ts";
import { aDump } from "../testing/entries.ts";
import { TestStore } from "../testing/store.ts";
import { CATALOGUE, changeCatalogue, loadCatalogue } from "./document.ts";
import { publish } from "./publish.ts";
import { takeOver } from "./takeover.ts";

let server: TestStore;
beforeAll(async () => {
  server = await TestStore.start();
});
afterAll(() => server.stop());

const open = () => openStore(server.settings());
const prod = { site: "prod", epoch: 1 };
const fencedWith = (message: string) => ({ exitCode: 76, message: expect.stringContaining(message) as string });

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
    const body = typeof broken === "string" ? broken : broken((await store.read(CATALOGUE))!.body);
    await store.write(CATALOGUE, body);
    for (const use of [() => loadCatalogue(store), () => publish(store, prod, aDump(2))]) {
      await expect(use()).rejects.toMatchObject({ exitCode: 65, message: expect.stringContaining(told) as string });
    }
    expect((await store.read(CATALOGUE))!.body).toBe(body);
  });

  test("is not begun anew by a site that has seen one", async () => {
    const lost = publish(open(), { site: "prod", epoch: 3 }, aDump(1));
    await expect(lost).rejects.toMatchObject({
      exitCode: 65,
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

  test("of those who would take over, one does", async () => {
    const store = open();
    await publish(store, prod, aDump(1));
    const sites = ["dr1", "dr2", "dr3", "dr4"];
    const results = await Promise.allSettled(sites.map((site) => takeOver(store, { site, from: prod })));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await loadCatalogue(store)).toMatchObject({ epoch: 2 });
  });
});

describe("a takeover", () => {
  test("shuts the old site out, and says who is in charge", async () => {
    const store = open();
    const { id } = await publish(store, prod, aDump(1));
    expect(await takeOver(store, { site: "dr", from: prod, dump: id })).toEqual({ site: "dr", epoch: 2 });
    for (const old of [prod, { site: "prod" }]) {
      await expect(publish(store, old, aDump(2))).rejects.toMatchObject(
        fencedWith("got dr (epoch 2) as the site in charge, since it took over from prod (epoch 1) on 2"),
      );
    }
    expect(await publish(store, { site: "dr", epoch: 2 }, aDump(3))).toMatchObject({ epoch: 2, sequence: 2 });
  });

  test("shuts out the same site's older self", async () => {
    const store = open();
    await publish(store, prod, aDump(1));
    await takeOver(store, { site: "prod", from: prod });
    await expect(publish(store, prod, aDump(2))).rejects.toMatchObject(fencedWith("got prod (epoch 2)"));
  });

  test("asked again answers the same, and after the way back no more", async () => {
    const store = open();
    await publish(store, prod, aDump(1));
    const first = await takeOver(store, { site: "dr", from: prod });
    const document = await store.read(CATALOGUE);
    expect(await takeOver(store, { site: "dr", from: prod })).toEqual(first);
    expect(await store.read(CATALOGUE)).toEqual(document);

    expect(await takeOver(store, { site: "prod", from: first })).toEqual({ site: "prod", epoch: 3 });
    const again = takeOver(store, { site: "dr", from: prod });
    await expect(again).rejects.toMatchObject(fencedWith("another takeover came first"));
  });

  test("of nothing is refused", async () => {
    const wanted = takeOver(open(), { site: "dr", from: prod });
    await expect(wanted).rejects.toMatchObject({
      exitCode: 65,
      message: expect.stringContaining("has no catalogue") as string,
    });
  });
});
