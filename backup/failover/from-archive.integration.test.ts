import { activate } from "../catalogue/activation.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import type { RestoreRequest } from "../contract/shapes.ts";
import { until } from "../../tooling/until.ts";
import type { Store } from "../store/store.ts";
import type { Site } from "../testing/site.ts";
import { twoSites } from "../testing/two-sites.ts";
import { begin, sinceBegun } from "./begin.ts";
import { failover } from "./failover.ts";

let store: Store;
let prod: Site;
let dr: Site;

twoSites((sites) => ({ store, prod, dr } = sites));

const SEGMENT = "000000010000000000000007";
const archived = (segment: string) => store.write(`wal/prod/wals/${segment.slice(0, 16)}/${segment}.zst`, "wal");

/** The recovery that the database was made by: up to that segment of prod's archive. */
async function recovery(changed: Partial<NonNullable<RestoreRequest["archive"]>> = {}) {
  const [{ id }] = (await prod.sql<{ id: string }>(
    "SELECT system_identifier::text AS id FROM pg_control_system()",
  )) as [{ id: string }];
  const reachesTo = new Date(Date.now() - 30_000).toISOString();
  return {
    epoch: 2,
    server: "prod",
    backup: "20260131T120000",
    systemIdentifier: id,
    segment: SEGMENT,
    reachesTo,
    ...changed,
  };
}

/** A failover of dr with prod's own server in the place of one that was recovered from its archive: both have the very same files. */
const fromArchive = async (request: RestoreRequest = {}, changed: Parameters<typeof recovery>[0] = {}) =>
  failover({
    site: "dr",
    store,
    database: prod.database,
    cache: dr.redis.cache,
    parallelism: 2,
    request: { from: "archive", archive: await recovery(changed), ...request },
  });

const isReadOnly = () => prod.database.isDemoted();

beforeEach(() => archived(SEGMENT));

describe("a failover from the archive", () => {
  it("makes the recovered database the site's, with what was written after the newest dump", async () => {
    const dump = await prod.publish();
    await prod.sql("INSERT INTO public.notes (tenant, title) VALUES (1, 'after the dump')");
    await dr.redis.ask("SET stale 1");
    const report = await fromArchive();
    expect(report).toMatchObject({ site: "dr", epoch: 2, dump, rows: 101, shrunk: [], archive: { segment: SEGMENT } });
    expect(report).not.toHaveProperty("keptAs");
    expect(Object.keys(report.phases)).toEqual([
      "choosing",
      "comparing",
      "trying the cache",
      "activating",
      "emptying the cache",
    ]);
    expect(report.rpoSeconds).toBeGreaterThanOrEqual(30);
    expect(report.rpoSeconds).toBeLessThan(60);
    expect(await dr.redis.ask("DBSIZE")).toBe(":0");
    expect(await isReadOnly()).toBe(false);
    expect(await loadCatalogue(store)).toMatchObject({ site: "dr", epoch: 2, takeover: { dump } });
    await expect(prod.publish()).rejects.toThrow(/may not publish/);
  });

  it("counts what is lost until the update began: the lost site was silent then, and the recovery takes its time", async () => {
    await prod.publish();
    await begin(store, 2);
    await until("a second since the update began", 10, async () => ((await sinceBegun(store, 2)) ?? 0) >= 2);
    const { phases, rpoSeconds, startedAt } = await fromArchive({}, { reachesTo: new Date().toISOString() });
    expect(phases["infrastructure"]).toBeGreaterThanOrEqual(2);
    expect(rpoSeconds).toBeLessThan((Date.now() - Date.parse(startedAt)) / 1000);
  });

  it("done again changes nothing", async () => {
    await prod.publish();
    const first = await fromArchive();
    expect(await fromArchive()).toEqual(first);
    expect((await loadCatalogue(store))!.epoch).toBe(2);
  });

  it("that was killed after it became active goes on from there", async () => {
    const dump = await prod.publish();
    await activate(store, { site: "dr", from: { site: "prod", epoch: 1 }, dump });
    await prod.database.demote();
    expect(await fromArchive()).toMatchObject({ epoch: 2, archive: { server: "prod" } });
    expect(await isReadOnly()).toBe(false);
  });

  it("is refused when the lost site has archived more since, unless that may be lost", async () => {
    await prod.publish();
    await archived("000000010000000000000008");
    await expect(fromArchive()).rejects.toThrow(
      `archive prod: must have ended with ${SEGMENT}, up to which the database was recovered, got 000000010000000000000008; ` +
        "delete the Cluster postgres with its volumes and run `pulumi up` again",
    );
    expect((await loadCatalogue(store))!.site).toBe("prod");
    expect(await isReadOnly()).toBe(true);
    expect((await fromArchive({ evenIfAlive: true })).epoch).toBe(2);
  });

  it.each<[string, string, string]>([
    ["is gone", "DROP TABLE public.notes", 'table "public"."notes": must be there, as in'],
    ["was emptied", "TRUNCATE public.notes", 'table "public"."notes": must have rows, as in'],
  ])("is refused when a table of the newest dump %s", async (_, accident, sentence) => {
    const dump = await prod.publish();
    await prod.sql(accident);
    await expect(fromArchive()).rejects.toThrow(
      new RegExp(`^archive prod: must bring back what ${dump} has; .*\\n  ${sentence} ${dump}, got none$`),
    );
    expect((await loadCatalogue(store))!.site).toBe("prod");
  });

  it("tells tables that have fewer rows: rows are deleted in normal work too", async () => {
    await prod.publish();
    await prod.sql("DELETE FROM public.notes WHERE id > 60");
    expect(await fromArchive()).toMatchObject({ rows: 60, shrunk: ['"public"."notes": 60 rows of 100'] });
  });

  it("reads tables as they are now, whose columns a migration has changed since the dump", async () => {
    await prod.publish();
    await prod.sql("ALTER TABLE public.notes DROP COLUMN title, ADD COLUMN body text DEFAULT ''");
    expect(await fromArchive()).toMatchObject({ rows: 100, shrunk: [] });
  });

  it("is refused for another system than the archive's, or than the one that was asked for", async () => {
    await prod.publish();
    for (const [request, changed] of [
      [{}, { systemIdentifier: "8" }],
      [{ systemIdentifier: "8" }, {}],
    ] as const)
      await expect(fromArchive(request, changed)).rejects.toThrow(/^archive prod: must be of system 8, got \d+ in the/);
  });

  it("is refused when the database was made for no failover, or for another one", async () => {
    await prod.publish();
    await expect(dr.failover({ from: "archive" })).rejects.toThrow(
      "database of dr: must have been recovered for epoch 2, got an empty one; run `pulumi up` again, or set acci:restore.from to dump",
    );
    await expect(dr.failover({ from: "archive", archive: await recovery({ epoch: 1 }) })).rejects.toThrow(
      "database of dr: must have been recovered for epoch 2, got one for epoch 1",
    );
  });

  it("never takes a database of an earlier one for the archive, whatever may be lost", async () => {
    const dump = await prod.publish();
    const earlier = await recovery({ epoch: 1 });
    const request = { from: "newest", evenIfAlive: true, archive: earlier } as const;
    expect(await dr.failover(request)).toMatchObject({ dump, keptAs: "acci_before_2" });
    expect(await dr.notes()).toBe(100);
  });

  it("by the way that loses less goes by dump where there is nothing recovered", async () => {
    const dump = await prod.publish();
    expect(await dr.failover({ from: "newest" })).toMatchObject({ dump, keptAs: "acci_before_2" });
  });

  it("goes by dump when that is said afterwards, and keeps what was recovered", async () => {
    await prod.publish();
    await dr.sql("CREATE TABLE public.recovered AS SELECT 1");
    expect(await dr.failover({ archive: await recovery() })).toMatchObject({ epoch: 2, keptAs: "acci_before_2" });
    expect(await dr.notes()).toBe(100);
  });
});

test("a mark in the WAL keeps the archive of an idle database going", async () => {
  const [before] = await prod.sql<{ lsn: string }>("SELECT pg_current_wal_lsn()::text AS lsn");
  const { database } = prod;
  await database.markWal();
  const marked = async () =>
    prod.sql<{ marked: boolean }>(`SELECT pg_current_wal_lsn() > '${before!.lsn}'::pg_lsn AS marked`);
  expect(await marked()).toEqual([{ marked: true }]);
});
