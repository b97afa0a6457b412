import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Connection, withClient } from "../database/connection.ts";
import { BackupError } from "../errors.ts";
import { newId } from "../id.ts";
import { verify } from "../restore/verify.ts";
import { RoundTrip } from "../testing/round-trip.ts";
import { until } from "../testing/until.ts";
import { dump } from "./dump.ts";
import type { Manifest } from "./manifest.ts";

let trip: RoundTrip;
const folder = mkdtempSync(path.join(tmpdir(), "acci-moment-"));
const { PATH } = process.env;

beforeAll(async () => {
  trip = await RoundTrip.start();
  // A pg_dump that reports its start in a file, and waits while another file exists.
  const script = `#!/bin/sh\nif [ "$1" != --version ]; then touch ${folder}/began; while [ -e ${folder}/wait ]; do sleep 0.02; done; fi\nPATH="${PATH}" exec pg_dump "$@"\n`;
  writeFileSync(path.join(folder, "pg_dump"), script, { mode: 0o755 });
  process.env["PATH"] = `${folder}:${PATH}`;
});
afterEach(() => {
  for (const name of ["began", "wait"]) rmSync(path.join(folder, name), { force: true });
});
afterAll(async () => {
  process.env["PATH"] = PATH;
  rmSync(folder, { recursive: true });
  await trip.stop();
});

const SCHEMA = `
  CREATE TABLE t (n int PRIMARY KEY, s text, x int); INSERT INTO t SELECT g, 'row ' || g, g FROM generate_series(1, 100) g;
  CREATE TABLE parts (n int) PARTITION BY RANGE (n);
  CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100); INSERT INTO parts SELECT generate_series(1, 50);
  CREATE TABLE loose (n int); INSERT INTO loose VALUES (150);
  CREATE VIEW v AS SELECT n, s FROM t;
  CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM t;`;

/** Changes that may run meanwhile. Statements after a semicolon are in the same transaction. */
const CHANGES = {
  "a type that rewrites the table": "ALTER TABLE t ALTER x TYPE bigint",
  "a reload": "TRUNCATE t; INSERT INTO t (n, s) SELECT g, 'new ' || g FROM generate_series(1, 100) g",
  "a table that is dropped": "DROP TABLE loose",
  "a table that is renamed": "ALTER TABLE loose RENAME TO tight",
  "a table that is made anew under its name":
    "DROP TABLE loose; CREATE TABLE loose (n int); INSERT INTO loose VALUES (150)",
  "a new column": "ALTER TABLE t ADD COLUMN y int DEFAULT 7",
  "a new partition":
    "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (100) TO (200); INSERT INTO parts VALUES (120)",
  "a table that is attached": "ALTER TABLE parts ATTACH PARTITION loose FOR VALUES FROM (100) TO (200)",
  "a partition that is detached": "ALTER TABLE parts DETACH PARTITION parts_1",
  "a table that is clustered": "CLUSTER t USING t_pkey",
  "a materialized view that is refreshed": "REFRESH MATERIALIZED VIEW m",
  "a view that is another": "CREATE OR REPLACE VIEW v AS SELECT n, s FROM t WHERE n > 0",
  "a function that is dropped": "DROP FUNCTION f()",
  "a schema that is renamed": "CREATE SCHEMA later; CREATE TABLE later.t2 (n int); INSERT INTO later.t2 VALUES (1)",
} as const;
/** Changes that must not be in a transaction block. */
const ALONE = {
  "VACUUM FULL": "VACUUM FULL t",
  "an index that is built meanwhile": "CREATE INDEX CONCURRENTLY ON t (s)",
} as const;
const ALL = Object.entries({ ...CHANGES, ...ALONE });

const request = () => ({ id: newId("test", new Date()), site: "test", parallelism: 2, recipients: [] });
const reader = (database: Connection) => ({ ...database, user: "acci_backup" });
const owner = (database: Connection) => ({ ...database, user: "acci" });

/** Number of rows of all tables, as of one time. */
const CONTENT = `SELECT coalesce(string_agg(x, ' '), '') AS all FROM (
  SELECT c.relname || ' ' || (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', n.nspname, c.relname), false, true, '')))[1]::text AS x
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname IN ('public', 'later') ORDER BY 1) y`;
const contentOf = async (database: Connection) => (await trip.source.query<{ all: string }>(database, CONTENT))[0]!.all;

const WAITING = (what: string) =>
  `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND ${what} AND datname LIKE 'trip%'`;
const waits = async (what: string) => (await trip.source.query(trip.source.connection(), WAITING(what))).length > 0;

/**
 * Expects that the dump passes verification with all rows from before or all rows from after the change; or that it failed, with an error
 * that names what was in the way.
 */
async function expectRight(taken: Promise<Manifest>, states: readonly string[]): Promise<void> {
  const manifest = await taken.catch((error: Error) => error);
  if (manifest instanceof Error) {
    expect(manifest).toBeInstanceOf(BackupError);
    expect((manifest as BackupError).kind).toBe("database");
    expect(manifest.message).toMatch(/^(table |schema: |tables: )/);
    return;
  }
  const problems = await verify(trip.store, manifest, {
    parallelism: 2,
    superuser: trip.target.connection(),
    site: trip.site,
  });
  expect(problems).toEqual([]);
  expect(states).toContain(
    await trip.target.query<{ all: string }>(trip.target.connection("verification"), CONTENT).then(([row]) => row!.all),
  );
}

describe("a dump is of one moment when it begins", () => {
  it.each(Object.entries(CHANGES))("within the transaction of %s", async (_, change) => {
    const database = await trip.database({ sql: SCHEMA });
    const before = await contentOf(database);
    await withClient(owner(database), async (client) => {
      await client.query(`SET search_path = public; BEGIN; ${change}`);
      let done = false;
      const taken = dump(reader(database), trip.store, request()).finally(() => (done = true));
      taken.catch(() => {});
      await until(async () => done || (await waits("usename = 'acci_backup'")));
      await client.query("COMMIT");
      await expectRight(taken, [before, await contentOf(database)]);
    });
  });
});

describe("a dump is of one moment when its definitions are read", () => {
  it.each(ALL)("during %s", async (_, change) => {
    const database = await trip.database({ sql: SCHEMA });
    const before = await contentOf(database);
    writeFileSync(path.join(folder, "wait"), "");
    const taken = dump(reader(database), trip.store, request());
    taken.catch(() => {});
    await until(() => Promise.resolve(existsSync(path.join(folder, "began"))));
    const changed = await during(database, change);
    rmSync(path.join(folder, "wait"));
    await taken.catch(() => {});
    await changed.end();
    await expectRight(taken, [before, await contentOf(database)]);
  });
});

describe("a dump is of one moment when rows are copied", () => {
  it.each(ALL)("during %s", async (_, change) => {
    const database = await trip.database({ sql: SCHEMA });
    const before = await contentOf(database);
    const put = trip.store.put.bind(trip.store);
    let changed: ReturnType<typeof during> | undefined;
    trip.store.put = async (...args) => {
      if (args[0].includes("/tables/")) await (changed ??= during(database, change));
      return put(...args);
    };
    try {
      await expectRight(dump(reader(database), trip.store, request()), [before]);
    } finally {
      trip.store.put = put;
      await (await changed)?.end();
    }
  });
});

/** Starts the change, and waits until it is done or waits for a lock. */
async function during(database: Connection, change: string) {
  let done = false;
  const alone = (Object.values(ALONE) as string[]).includes(change);
  const statements = alone
    ? ["SET search_path = public", change]
    : [`SET search_path = public; BEGIN; ${change}; COMMIT`];
  const work = withClient(owner(database), async (client) => {
    await client.query("SET application_name = 'change'");
    for (const statement of statements) await client.query(statement);
  }).finally(() => (done = true));
  work.catch(() => {});
  await until(async () => done || (await waits("application_name = 'change'")));
  return { end: () => work };
}
