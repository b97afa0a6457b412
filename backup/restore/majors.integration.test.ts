import path from "node:path";
import { type Connection, withClient } from "../database/connection.ts";
import { rolesOf } from "../database/roles.ts";
import { definitionsOf } from "../definitions/compare.ts";
import { readDefinitions } from "../definitions/read.ts";
import { openStore, type Store } from "../store/store.ts";
import { writtenSchemas } from "../testing/corpus/written.ts";
import { MajorSite } from "../testing/major-site.ts";
import { otherMajors, withTools } from "../testing/majors.ts";
import { baseSetup } from "../testing/mutations/base.ts";
import { sample } from "../testing/sample.ts";
import { TestStore } from "../testing/store.ts";
import { bringBack, definitionsAgain } from "./bring-back.ts";
import { compareContent, compareSchema, type Normal } from "./compare.ts";
import { type OpenDump, withDump } from "./open.ts";

let objects: TestStore;
let store: Store;
let fifteen: MajorSite;
const others = new Map<number, MajorSite>();

beforeAll(async () => {
  objects = await TestStore.start();
  store = openStore(objects.settings());
  fifteen = await MajorSite.start(15, store);
  for (const major of otherMajors) others.set(major, await MajorSite.start(major, store));
});
afterAll(async () => {
  store.close();
  for (const { server } of [fifteen, ...others.values()]) server.stop();
  await objects.stop();
});

/** Schemas of the corpus with something that a major prints, keeps or grants differently; the whole corpus has been tried by hand. */
const CHOSEN = new Set([
  ...["an-orm-schema", "collations", "comments-on-everything", "default-privileges", "encoding-latin1"],
  ...[
    "expressions-in-views",
    "expressions-in-views-two",
    "extended-statistics",
    "extensions",
    "functions-with-sql-bodies",
  ],
  ...["generated-in-partitions", "identity-and-serial", "inheritance", "materialized-views", "names-with-anything"],
  ...["partitions-of-all-kinds", "policies", "provider-icu", "publications", "rights", "rules", "settings", "storage"],
]);

const schemas = [
  { name: "the sample", sql: sample },
  { name: "the base of the mutations", ...baseSetup() },
  {
    name: "an ICU locale by its old name",
    sql: "CREATE TABLE t (name text PRIMARY KEY); INSERT INTO t VALUES ('Ärger'), ('Zoo');",
    options: `TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de@collation=phonebook' LOCALE 'C.utf8'`,
  },
  ...writtenSchemas()
    .filter(({ name }) => CHOSEN.has(name))
    // The servers of these tests were built without lz4.
    .map(({ sql, ...setup }) => ({ ...setup, sql: sql.replaceAll("lz4", "pglz") })),
];

describe(`a dump of Postgres 15 is the same in ${otherMajors.join(", ")}:`, () => {
  it.each(schemas)("$name", async (setup) => {
    const manifest = await fifteen.dumpOf(setup);
    const found: Record<number, string[]> = {};
    for (const [major, site] of others) found[major] = await site.verify(manifest);
    expect(found).toEqual(Object.fromEntries(otherMajors.map((major) => [major, []])));
  });
});

/** Changes, each with the text by which it must be reported. */
const planted: [name: string, change: string][] = [
  [`table "ops"."attributes": must have 1 rows`, "DELETE FROM ops.attributes"],
  ["RULE ops.pairs swallows", "CREATE RULE swallows AS ON INSERT TO ops.pairs DO INSTEAD NOTHING"],
  ["POLICY shop.orders no_big_ones: is missing", "DROP POLICY no_big_ones ON shop.orders"],
  ["ACL shop.TABLE orders", "GRANT DELETE ON shop.orders TO acci_app"],
  ["ACL ops.TABLE pairs: was not", "GRANT SELECT ON ops.pairs TO acci_app"],
  [`sequence "ops"."tickets": must stand at 30`, "SELECT setval('ops.tickets', 4000)"],
  ["COMMENT shop.TABLE customers", "COMMENT ON TABLE shop.customers IS 'who pays'"],
  ["DEFAULT", "ALTER TABLE ops.pairs ALTER COLUMN c SET DEFAULT 7"],
  ["TABLE ops.pairs", "ALTER TABLE ops.pairs ALTER COLUMN b DROP NOT NULL"],
  ["VIEW shop.open_orders", "ALTER VIEW shop.open_orders RENAME COLUMN id TO number"],
  ["extension hstore: its member", "ALTER EXTENSION hstore DROP FUNCTION ext.hstore(text, text)"],
];

/** Restores the base into a server and runs the work with the result. */
async function withBase(
  site: MajorSite,
  work: (target: Connection, opened: OpenDump, normal: Normal) => Promise<void>,
): Promise<void> {
  const manifest = await fifteen.dumpOf(baseSetup());
  await withTools(site.major, () =>
    withDump(store, manifest, { parallelism: 2 }, async (opened) => {
      const target = await bringBack(site.restorer, "brought_back", opened);
      const again = await definitionsAgain(site.restorer, "brought_back_again", opened);
      await work(target, opened, () => Promise.resolve(again));
    }),
  );
}

describe.each(otherMajors)("in Postgres %i", (major) => {
  it("what differs from a dump of 15 is found, by name", async () => {
    const site = others.get(major)!;
    await withBase(site, async (target, opened, normal) => {
      const missed: string[] = [];
      for (const [name, change] of [["", "SELECT"] as const, ...planted]) {
        const copy = await site.copy(target, change);
        const found = [...(await compareSchema(copy, opened, normal)), ...(await compareContent(copy, opened))].join(
          "; ",
        );
        if (name === "" ? found !== "" : !found.includes(name)) missed.push(`${change}: got ${found || "nothing"}`);
      }
      expect(missed).toEqual([]);
    });
  });

  it("what the major itself would lose is found, though no second restore has it", async () => {
    const site = others.get(major)!;
    await withBase(site, async (target, opened) => {
      const change = "DROP POLICY no_big_ones ON shop.orders; CREATE VIEW ops.more AS SELECT 1";
      const copy = await site.copy(target, change);
      const lost = await readDefinitions(copy, path.join(opened.folder, "lost"));
      expect(await compareSchema(copy, opened, () => Promise.resolve(definitionsOf(lost.entries)))).toEqual([
        "POLICY shop.orders no_big_ones: is missing",
        "VIEW ops.more: was not in the dump's snapshot",
      ]);
    });
  });
});

/** Features of a major that 15 does not have. */
const OWN: Readonly<Record<number, string>> = {
  16: "CREATE TABLE kept (t text STORAGE EXTERNAL COMPRESSION pglz); INSERT INTO kept VALUES ('x');",
  17: `CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY, k int) PARTITION BY RANGE (k);
    CREATE TABLE numbered_1 PARTITION OF numbered FOR VALUES FROM (0) TO (9); INSERT INTO numbered (k) VALUES (1), (2);
    CREATE TABLE maintained (); GRANT MAINTAIN ON maintained TO acci_app;`,
  18: `CREATE TABLE computed (a int CONSTRAINT needed NOT NULL, b int GENERATED ALWAYS AS (a * 2) VIRTUAL, c int,
      CONSTRAINT wished CHECK (a > 1) NOT ENFORCED);
    INSERT INTO computed VALUES (1); ALTER TABLE computed ADD CONSTRAINT later NOT NULL c NOT VALID;
    CREATE TABLE children () INHERITS (computed);
    CREATE TABLE booked (room int4range, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS));`,
};

const locales = (major: number) => [
  { name: "libc", options: "" },
  { name: "ICU", options: "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-u-co-phonebk' LOCALE 'C.utf8'" },
  {
    name: "ICU with rules",
    options: "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'und' ICU_RULES '&a < g' LOCALE 'C.utf8'",
  },
  ...(major < 17
    ? []
    : [
        {
          name: "builtin",
          options: "TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.utf8'",
        },
      ]),
];

describe.each(otherMajors)("a site of Postgres %i", (major) => {
  it.each(locales(major))("dumps and restores a database of $name", async ({ name, options }) => {
    const site = others.get(major)!;
    const sql =
      name === "libc"
        ? sample + Array.from(otherMajors, (one) => (one <= major ? OWN[one] : "")).join("")
        : OWN[major]!;
    const manifest = await site.dumpOf({ sql, options });
    expect(manifest.clientVersion).toMatch(new RegExp(`^${major}\\.`));
    expect(await site.verify(manifest)).toEqual([]);
  });

  it("has a membership once, which two have granted", async () => {
    const { server } = others.get(major)!;
    const found = await withClient(server.connection(), async (client) => {
      await client.query("BEGIN; CREATE ROLE granter; GRANT acci_app TO granter WITH ADMIN OPTION");
      await client.query("GRANT acci_app TO acci_app_2 GRANTED BY granter");
      const { rows } = await client.query("SELECT FROM pg_auth_members WHERE member = 'acci_app_2'::regrole");
      const roles = await rolesOf(client);
      await client.query("ROLLBACK");
      return { granted: rows.length, memberOf: roles.find(({ name }) => name === "acci_app_2")!.memberOf };
    });
    expect(found).toEqual({ granted: 2, memberOf: ["acci_app"] });
  });

  it("does the same of the base of the mutations", async () => {
    const site = others.get(major)!;
    expect(await site.verify(await site.dumpOf(baseSetup()))).toEqual([]);
  });
});
