import type { Site } from "../testing/site.ts";
import { twoSites } from "../testing/two-sites.ts";
import { SiteDatabase } from "./site-database.ts";

let prod: Site;
let dr: Site;

twoSites((sites) => ({ prod, dr } = sites));

/** Prod's data twice: on prod, and with one more row on dr, from which prod then failed over. */
async function failBack(): Promise<void> {
  await prod.publish();
  await dr.failover();
  await dr.sql("INSERT INTO public.notes (tenant, title) VALUES (1, 'written on dr')");
  await prod.database.demote();
  await dr.publish();
  await prod.failover({ replace: true });
}

describe("the way back from a restore", () => {
  it("serves the database of before, which takes writes, and leaves the site active", async () => {
    await failBack();
    await prod.redis.ask("SET stale 1");
    await prod.undo();
    expect([await prod.notes(), await prod.notes("acci_undone_3")]).toEqual([100, 101]);
    expect(await prod.databases()).toEqual(["acci", "acci_undone_3"]);
    expect(await prod.redis.ask("DBSIZE")).toBe(":0");
    await prod.postgres.query(prod.as("acci"), "CREATE TABLE public.more ()");
    await prod.publish();
    await expect(dr.publish()).rejects.toThrow(/dr \(epoch 2\) may not publish/);
  });

  it("is not undone by the next update", async () => {
    await failBack();
    await prod.undo();
    await prod.failover({ replace: true });
    expect(await prod.notes()).toBe(100);
  });

  it("killed after the swap finishes when it is run again", async () => {
    await failBack();
    const { promote } = SiteDatabase.prototype;
    SiteDatabase.prototype.promote = () => Promise.reject(new Error("killed"));
    await expect(prod.undo()).rejects.toThrow("killed");
    SiteDatabase.prototype.promote = promote;
    await prod.undo();
    expect(await prod.database.isDemoted()).toBe(false);
    expect(await prod.databases()).toEqual(["acci", "acci_undone_3"]);
  });

  it("is refused to a site that is not active, had no data, or restored nothing", async () => {
    await expect(prod.undo()).rejects.toThrow("site prod: must be active to go back to its data, got no catalogue");
    await prod.publish();
    await expect(prod.undo()).rejects.toThrow(
      "database acci_before_1: must be here to go back to, got none; it was dropped, or nothing was restored here",
    );
    await dr.failover();
    await expect(prod.undo()).rejects.toThrow("site prod: must be active to go back to its data, got dr");
    await expect(dr.undo()).rejects.toThrow(
      "database acci_before_2: must hold rows, got none; this site had no data before the restore",
    );
    expect(await dr.notes()).toBe(100);
  });
});
