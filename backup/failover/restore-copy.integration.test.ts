import { restoreCopyCommand } from "../commands/restore-copy.ts";
import { choose } from "../catalogue/choose.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import { read } from "../settings.ts";
import { openStore, type Store } from "../store/store.ts";
import { NOTES, Site } from "../testing/site.ts";
import { TestStore } from "../testing/store.ts";
import { restoreCopy } from "./restore-copy.ts";
import { Phases } from "./phases.ts";

let objects: TestStore;
let store: Store;
let prod: Site;

beforeAll(async () => {
  objects = await TestStore.start();
  prod = await Site.start("prod", () => store);
});
afterAll(async () => {
  prod.stop();
  await objects.stop();
});
beforeEach(async () => {
  store = openStore(objects.settings());
  await prod.reset(NOTES);
});
afterEach(() => store.close());

async function restore(id: string, name = "acci_copy_test") {
  const entry = choose(await loadCatalogue(store), { id });
  const given = { store, database: prod.database, parallelism: 2, request: { dump: id, replace: true } };
  return restoreCopy(given, { entry, name, toServe: false }, new Phases());
}

describe("a dump beside the live database", () => {
  it("is restored before the first replica is there, for which every commit would wait", async () => {
    const id = await prod.publish();
    await prod.sql("ALTER SYSTEM SET synchronous_standby_names = 'postgres_2'");
    await prod.sql("SELECT pg_reload_conf()");
    try {
      await restore(id);
      expect(await prod.notes("acci_copy_test")).toBe(100);
    } finally {
      await prod.sql("ALTER SYSTEM RESET synchronous_standby_names");
      await prod.sql("SELECT pg_reload_conf()");
    }
  });

  it("has the rows of then, and leaves the live ones as they are", async () => {
    const id = await prod.publish();
    await prod.sql("DELETE FROM public.notes WHERE tenant = 1");
    const left = await prod.notes();
    await restore(id);
    expect([await prod.notes(), await prod.notes("acci_copy_test")]).toEqual([left, 100]);
    expect(await prod.databases()).toEqual(["acci", "acci_copy_test"]);
  });

  it("is closed to the application", async () => {
    await restore(await prod.publish());
    const application = { ...prod.as("acci_app"), database: "acci_copy_test" };
    await expect(prod.postgres.query(application, "SELECT 1")).rejects.toThrow(/permission denied for database/);
  });

  it("is there whole or not at all", async () => {
    const id = await prod.publish();
    await store.remove([`dumps/${id}/tables/00001`]);
    await expect(restore(id)).rejects.toThrow(/the dump is not whole/);
    expect(await prod.databases()).toEqual(["acci"]);
  });

  it("never takes a name that may be somebody's", async () => {
    const { database, host, port, user } = prod.as("acci_restore");
    const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
    for (const name of ["acci", "postgres", "acci_before_2"])
      await expect(restoreCopyCommand(read({ ...env, ACCI_RESTORE: "{}", ACCI_COPY: name }))).rejects.toThrow(
        `ACCI_COPY: must start with acci_copy_, got ${name}`,
      );
  });
});
