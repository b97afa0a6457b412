import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { loadCatalogue } from "../catalogue/document.ts";
import { pinsOf } from "../catalogue/pin.ts";
import { until } from "../../tooling/until.ts";
import type { Store } from "../store/store.ts";
import { NOTES, Site } from "../testing/site.ts";
import type { TestStore } from "../testing/store.ts";
import { twoSites } from "../testing/two-sites.ts";
import { completed } from "../commands/smoke-test.ts";
import { begin } from "./begin.ts";
import { beat } from "./heartbeat.ts";
import type { RestoreRequest } from "../contract/shapes.ts";
import { readReport } from "./report.ts";
import { SiteDatabase } from "./site-database.ts";

let objects: TestStore;
let store: Store;
let prod: Site;
let dr: Site;

twoSites((sites) => ({ objects, store, prod, dr } = sites));

describe("a failover", () => {
  it("makes the last dump the site's database, empties the cache and shuts the old site out", async () => {
    const id = await prod.publish();
    await dr.redis.ask("SET stale 1");
    const report = await dr.failover();
    expect(report).toMatchObject({ site: "dr", epoch: 2, dump: id, rows: 100, keptAs: "acci_before_2" });
    expect(Object.keys(report.phases)).toEqual([
      "choosing",
      "checking",
      "restoring",
      "comparing",
      "trying the cache",
      "activating",
      "swapping",
      "emptying the cache",
    ]);
    expect(report.rpoSeconds).toBeLessThan(60);
    expect(await dr.notes()).toBe(100);
    expect(await dr.redis.ask("DBSIZE")).toBe(":0");
    await expect(prod.publish()).rejects.toThrow(
      /prod \(epoch 1\) may not publish .* got dr \(epoch 2\) as the active site/,
    );
  });

  it("holds WAL for replicas that join meanwhile, until they stream", async () => {
    await prod.publish();
    await dr.failover({}, { replicas: 1 });
    const held = () => dr.sql("SELECT restart_lsn IS NOT NULL AS held FROM pg_replication_slots");
    expect(await held()).toEqual([{ held: true }]);
    await dr.database.retainWal();
    await dr.database.releaseWal(1);
    expect(await held()).toHaveLength(1);
    await dr.database.releaseWal(0);
    expect(await held()).toEqual([]);
  });

  it("asks for a checkpoint, for which a replica that joins would wait minutes", async () => {
    await prod.publish();
    const last = async () => (await dr.sql<{ lsn: string }>("SELECT redo_lsn AS lsn FROM pg_control_checkpoint()"))[0]!;
    const before = await last();
    await dr.failover();
    await until("a checkpoint", 30, async () => (await last()).lsn !== before.lsn);
  });

  it("done again changes nothing, not even what was written since", async () => {
    await prod.publish();
    const first = await dr.failover();
    await dr.sql("INSERT INTO public.notes (tenant, title) VALUES (1, 'after')");
    expect(await dr.failover()).toEqual(first);
    expect(await dr.notes()).toBe(101);
    await dr.publish();
    expect(await dr.failover()).toEqual(first);
  });

  it("done again by a Job of the same epoch, such as one with a new name, restores nothing and retains no WAL", async () => {
    await prod.publish();
    const first = await dr.failover({}, { epoch: 2 });
    await dr.publish();
    const kept = await dr.databases();
    expect(await dr.failover({}, { epoch: 2, replicas: 1 })).toEqual(first);
    expect(await dr.databases()).toEqual(kept);
    expect(await dr.sql("SELECT FROM pg_replication_slots")).toEqual([]);
  });

  it("there and back loses nothing that was written on either side", async () => {
    await prod.publish();
    await dr.failover();
    await dr.sql("INSERT INTO public.notes (tenant, title) VALUES (1, 'written on dr')");
    await dr.publish();
    await expect(prod.failover()).rejects.toThrow(/database acci: must be empty, got rows in public.notes; .*replace/);
    const back = await prod.failover({ replace: true });
    expect(back.epoch).toBe(3);
    expect([await prod.notes(), await prod.notes("acci_before_3")]).toEqual([101, 100]);
    await prod.publish();
    await expect(dr.publish()).rejects.toThrow(/dr \(epoch 2\) may not publish/);
    expect((await loadCatalogue(store))!.entries.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  });

  it("counts the time since its update began", async () => {
    await prod.publish();
    await begin(store, 2);
    const begun = await store.read("takeovers/000002-begun");
    await begin(store, 2);
    expect(await store.read("takeovers/000002-begun")).toEqual(begun);
    const { phases, startedAt } = await dr.failover();
    expect(phases["infrastructure"]).toBeGreaterThanOrEqual(0);
    expect(phases["infrastructure"]).toBeLessThan(60);
    const validatedAt = new Date(Date.parse(startedAt) + 90_000);
    const report = completed((await readReport(store, 2))!, new Date(validatedAt.getTime() - 10_000), validatedAt);
    expect(report).toMatchObject({ phases: { validating: 10 }, validatedAt: validatedAt.toISOString() });
    expect(report.rtoSeconds).toBeCloseTo(90 + phases["infrastructure"]!, 1);
  });

  it("is refused once another failover came first", async () => {
    await prod.publish();
    await dr.failover({}, { epoch: 2 });
    await expect(prod.failover({ replace: true }, { epoch: 2 })).rejects.toThrow(
      /must begin epoch 2, got dr active since epoch 2; another failover came first/,
    );
    expect((await prod.failover({ replace: true }, { epoch: 3 })).epoch).toBe(3);
  });

  it("of the site itself goes to another dump that is named, and keeps each database it replaces", async () => {
    const first = await prod.publish();
    await prod.sql("INSERT INTO public.notes (tenant, title) VALUES (1, 'second')");
    const second = await prod.publish();
    expect(await prod.failover({ dump: first, replace: true })).toMatchObject({ epoch: 1, dump: first });
    expect([await prod.notes(), await prod.notes("acci_before_1")]).toEqual([100, 101]);
    await prod.failover({ dump: first, replace: true });
    await expect(prod.failover({ dump: second, replace: true })).rejects.toThrow(
      "database acci_before_1: must not exist, got the one that the restore before replaced; look at it, then drop it with `make database-drop-replaced`",
    );
    await prod.sql("DROP DATABASE acci_before_1", "postgres");
    expect(await prod.failover({ dump: second, replace: true })).toMatchObject({ epoch: 1, dump: second });
    expect([await prod.notes(), await prod.notes("acci_before_1")]).toEqual([101, 100]);
    await prod.publish();
  });

  it("takes the dump that was published while it restored an older one", async () => {
    await prod.publish();
    const write = store.write.bind(store);
    let late = "";
    // The moment before the old site is shut out.
    store.write = async (key, body, condition) => {
      if (key === "catalogue.json" && body.includes('"site": "dr"') && !late) {
        late = "…";
        await prod.sql("INSERT INTO public.notes (tenant, title) VALUES (1, 'late')");
        late = await prod.publish();
      }
      return write(key, body, condition);
    };
    expect((await dr.failover()).dump).toBe(late);
    expect(await dr.notes()).toBe(101);
  });

  it("pins the dump for rotation, before it reads any of it", async () => {
    const id = await prod.publish();
    const get = store.get.bind(store);
    const pinned: boolean[] = [];
    store.get = async (...args) => {
      pinned.push((await pinsOf(store, await store.now())).ids.has(id));
      return get(...args);
    };
    await dr.failover();
    expect(new Set(pinned)).toEqual(new Set([true]));
  });

  it.each(["restoring", "activating", "swapping", "after it"])(
    "killed at %s goes on when it is run again",
    async (moment) => {
      const id = await prod.publish();
      const swap = SiteDatabase.prototype.swap;
      const write = store.write.bind(store);
      const get = store.get.bind(store);
      const die = () => Promise.reject(new Error("killed"));
      if (moment === "restoring") store.get = (key, options) => (key.includes("/tables/") ? die() : get(key, options));
      if (moment === "activating")
        store.write = (key, ...rest) => (key === "catalogue.json" ? die() : write(key, ...rest));
      if (moment === "swapping") SiteDatabase.prototype.swap = die;
      if (moment === "after it")
        store.write = (key, ...rest) => (key.startsWith("takeovers/") ? die() : write(key, ...rest));
      await expect(dr.failover()).rejects.toThrow("killed");
      SiteDatabase.prototype.swap = swap;
      Object.assign(store, { write, get });
      expect(await dr.failover()).toMatchObject({ dump: id, epoch: 2 });
      expect(await dr.notes()).toBe(100);
      expect(await dr.databases()).toEqual(["acci", "acci_before_2"]);
    },
  );
});

describe("an active site whose database is lost", () => {
  /** As the stack makes it on new volumes: another system, and empty. */
  async function lose(): Promise<Site> {
    const anew = await Site.start("prod", () => store);
    await anew.reset();
    return anew;
  }

  it("gets its own last dump back, and goes on from there", async () => {
    const id = await prod.publish();
    const anew = await lose();
    try {
      expect(await anew.failover()).toMatchObject({ site: "prod", epoch: 1, dump: id });
      expect(await anew.notes()).toBe(100);
      await anew.sql("INSERT INTO public.notes (tenant, title) VALUES (1, 'after')");
      await anew.publish();
      await anew.failover();
      expect(await anew.notes()).toBe(101);
    } finally {
      anew.stop();
    }
  });

  it("cannot publish the empty one as its newest dump", async () => {
    const id = await prod.publish();
    const anew = await lose();
    try {
      await expect(anew.publish()).rejects.toThrow(
        /must be of system \d+, as prod-\S+ is, got \d+; this database was created again/,
      );
      expect((await loadCatalogue(store))!.entries.map((entry) => entry.id)).toEqual([id]);
    } finally {
      anew.stop();
    }
  });
});

describe("a failover is refused, and nothing is changed,", () => {
  const refusals: [string, (id: string) => Promise<RestoreRequest | void>, RegExp][] = [
    [
      "of a site that is alive",
      async () => void (await beat(store, "prod")),
      /site prod: must be dead for a failover, got a heartbeat \d+ s ago/,
    ],
    ["of another system", async () => ({ systemIdentifier: "1" }), /must be of system 1, got \d+/],
    [
      "of a dump that is not there",
      async () => ({ dump: "prod-20200101t000000z-000000" }),
      /has no dump prod-20200101t000000z-000000; the nearest are prod-/,
    ],
    ["of a time before the first", async () => ({ at: "2020-01-01T00:00:00Z" }), /has no verified dump as old as/],
    ["of a bad dump", async () => ({ dump: await prod.publish("bad") }), /as bad \(a table differs\)/],
    [
      "into a database with rows",
      async () => void (await dr.sql(NOTES)),
      /database acci: must be empty, got rows in public.notes/,
    ],
    [
      "of a changed manifest",
      async (id) => void (await store.write(`dumps/${id}/manifest.json`, "{}")),
      /manifest.json: SHA-256 must be/,
    ],
    [
      "of a dump with an object missing",
      async (id) => void (await store.remove([`dumps/${id}/tables/00001`])),
      /has no dumps\/.*tables\/00001; the dump is not whole/,
    ],
    [
      "without a role",
      async () =>
        void (await prod.sql("CREATE ROLE stranger; GRANT SELECT ON public.notes TO stranger"), await prod.publish()),
      /must find its roles here, got no stranger/,
    ],
  ];

  it.each(refusals)("%s", async (_, arrange, message) => {
    const id = await prod.publish();
    const request = (await arrange(id)) ?? {};
    const before = await loadCatalogue(store);
    await expect(dr.failover(request)).rejects.toThrow(message);
    expect(await loadCatalogue(store)).toEqual(before);
    const [{ n }] = (await dr.sql<{ n: string }>(
      "SELECT count(*) AS n FROM pg_database WHERE datname LIKE 'acci_before%'",
    )) as [{ n: string }];
    expect(n).toBe("0");
  });

  it("of an encrypted dump, without the key and with another", async () => {
    const own = await identityToRecipient(await generateIdentity());
    await prod.publish("verified", [own]);
    await expect(dr.failover()).rejects.toThrow(/identity: is needed for a dump encrypted to age1/);
    await expect(dr.failover({}, { identity: await generateIdentity() })).rejects.toThrow(
      /must open with the identity, got .* although the object is what was written; set acci:backupIdentity/,
    );
    expect((await loadCatalogue(store))!.site).toBe("prod");
  });

  it("of a truncated object", async () => {
    const id = await prod.publish();
    const { value } = await store.list(`dumps/${id}/tables/`).next();
    const whole = await buffer(await store.get(value!.key));
    await store.put(value!.key, Readable.from([whole.subarray(0, whole.length - 20)]));
    await expect(dr.failover()).rejects.toThrow(/must unpack|bytes must be/);
    expect((await loadCatalogue(store))!.site).toBe("prod");
  });

  it("with an application that is too old for the dump's schema, and goes on with one that is not", async () => {
    await prod.sql(`SET ROLE acci; CREATE TABLE public._sqlx_migrations (version bigint, description text, success bool);
      INSERT INTO public._sqlx_migrations VALUES (1, 'notes', true), (2, 'label', true), (3, 'drop title (oldest application 2)', true),
        (9, 'half done (oldest application 8)', false)`);
    const id = await prod.publish();
    await expect(dr.failover({}, { applicationSchema: 1 })).rejects.toThrow(
      `dump ${id}: must serve the application to be deployed, which has migration 1, got a schema for those with migration 2 or a later one; ` +
        "raise acci:image.version to the version that the lost site ran, or choose an older state",
    );
    expect((await loadCatalogue(store))!.site).toBe("prod");
    expect(await dr.databases()).toEqual(["acci"]);
    expect((await dr.failover({}, { applicationSchema: 2 })).dump).toBe(id);
  });

  it("while the store is away", async () => {
    await prod.publish();
    await objects.down();
    try {
      await expect(dr.failover()).rejects.toThrow(
        /look whether the store is up|cannot be reached|is not reachable|refuses/,
      );
    } finally {
      await objects.up();
    }
    expect(await dr.databases()).toEqual(["acci"]);
  });

  it("without a catalogue", async () => {
    await expect(dr.failover()).rejects.toThrow(/must have a catalogue, got none/);
  });

  it("of the bad dump, unless it is asked for", async () => {
    const id = await prod.publish("bad");
    expect((await dr.failover({ dump: id, allowFailed: true })).dump).toBe(id);
  });
});

it("a demoted site takes no write and ends who was writing", async () => {
  const site = new SiteDatabase(prod.as("acci_restore"));
  await site.demote();
  expect(await site.isDemoted()).toBe(true);
  await expect(prod.postgres.query(prod.as("acci"), "CREATE TABLE public.more ()")).rejects.toThrow(
    /read-only transaction/,
  );
  await site.promote();
  expect(await site.isDemoted()).toBe(false);
});
