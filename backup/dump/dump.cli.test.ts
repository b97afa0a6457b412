import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { generateIdentity, identityToRecipient } from "age-encryption";
import type { Connection } from "../database/connection.ts";
import { compare } from "../restore/compare.ts";
import { load } from "../restore/load.ts";
import { openStore, type Store } from "../store/store.ts";
import { TestPostgres } from "../testing/postgres.ts";
import { sample, sampleRoles } from "../testing/sample.ts";
import { TestStore } from "../testing/store.ts";
import { dump, type DumpRequest } from "./dump.ts";
import type { Manifest } from "./manifest.ts";
import { readManifest, storeManifest } from "./store-manifest.ts";

let postgres: TestPostgres;
let objects: TestStore;
let store: Store;
let source: Connection;

beforeAll(async () => {
  postgres = TestPostgres.start();
  objects = await TestStore.start();
  await postgres.query(postgres.connection(), sampleRoles);
  source = { ...(await postgres.database(sample)), user: "sample_backup" };
});
beforeEach(() => (store = openStore(objects.settings())));
afterEach(() => store.close());
afterAll(async () => {
  postgres.stop();
  await objects.stop();
});

const request = (over: Partial<DumpRequest> = {}): DumpRequest => ({
  id: "test-20260101t000000z-000000",
  site: "test",
  jobs: 2,
  recipients: [],
  ...over,
});

async function restored(manifest: Manifest, identity?: string): Promise<Connection> {
  const target = await postgres.database();
  await load(target, store, manifest, { jobs: 2, ...(identity ? { identity } : {}) });
  return target;
}

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list("")) found.push(key);
  return found;
}

describe("a dump and its restore", () => {
  it("are the same in rows, definitions, grants, policies and sequences", async () => {
    const manifest = await dump(source, store, request());
    const target = await restored(manifest);
    expect(await compare(target, manifest, 2)).toEqual([]);
    expect(manifest.unlogged).toEqual(['"public"."visitors"']);
    const [{ n }] = (await postgres.query<{ n: string }>(target, "SELECT count(*) n FROM public.notes")) as [
      { n: string },
    ];
    // Row-level security is forced even on the owner: who reads it all must be the superuser.
    expect(n).toBe("1001");
    const again = await dump({ ...target, user: "postgres" }, store, request({ id: "test-20260101t000000z-000001" }));
    expect(again.tables.map(({ data }) => data.rawSha256)).toEqual(manifest.tables.map(({ data }) => data.rawSha256));
    expect(again.facts).toEqual(manifest.facts);
  });

  it("are the same when encrypted, and nobody without the key reads a word", async () => {
    const identity = await generateIdentity();
    const manifest = await dump(source, store, request({ recipients: [await identityToRecipient(identity)] }));
    const stored = await buffer(await store.get(manifest.tables[0]!.data.key));
    expect(stored.subarray(0, 21).toString()).toBe("age-encryption.org/v1");
    expect(await compare(await restored(manifest, identity), manifest, 2)).toEqual([]);
    await expect(restored(manifest, await generateIdentity())).rejects.toThrow(/must unpack, got .*key is another/);
    await expect(restored(manifest)).rejects.toThrow(/must unpack/);
  });

  it("show one moment, whatever is written meanwhile", async () => {
    const database = await postgres.database("CREATE TABLE public.a (n int); CREATE TABLE public.b (n int);");
    let writing = true;
    const writer = (async () => {
      while (writing)
        await postgres.query(database, "WITH one AS (INSERT INTO public.a VALUES (1)) INSERT INTO public.b VALUES (1)");
    })();
    for (let i = 0; i < 5; i++) {
      const { tables } = await dump(database, store, request({ id: `test-20260101t000000z-00000${i}` }));
      expect(tables[0]!.rows).toBe(tables[1]!.rows);
    }
    writing = false;
    await writer;
  });

  it("have a table that is dropped meanwhile, for its end is waited for", async () => {
    const [first, last] = ["SELECT generate_series(1, 1000) n", "SELECT generate_series(1, 10) n"];
    const database = await postgres.database(`CREATE TABLE public.b AS ${first}; CREATE TABLE public.a AS ${last}`);
    const put = store.put.bind(store);
    const waiting = "SELECT FROM pg_stat_activity WHERE query = 'DROP TABLE public.a' AND wait_event_type = 'Lock'";
    let dropped: Promise<unknown> | undefined;
    store.put = async (...args) => {
      if (!args[0].includes("/tables/")) return put(...args);
      dropped ??= postgres.query(database, "DROP TABLE public.a");
      await until(async () => (await postgres.query(postgres.connection(), waiting)).length > 0);
      return put(...args);
    };
    const manifest = await dump(database, store, request({ jobs: 1 }));
    await dropped;
    expect(await postgres.query(database, "SELECT FROM pg_class WHERE relname = 'a'")).toEqual([]);
    expect(await postgres.query(await restored(manifest), "SELECT FROM public.a")).toHaveLength(10);
  });

  it("keep every row of a role that may see only some, or fail", async () => {
    await expect(dump({ ...source, user: "sample_app" }, store, request())).rejects.toThrow(
      /permission denied|row-level security/,
    );
  });
});

describe("a dump is refused", () => {
  it("of large objects, by number", async () => {
    const database = await postgres.database("SELECT lo_create(4711)");
    await expect(dump(database, store, request())).rejects.toThrow(/large objects: must not be used, got 1, .* 4711/);
    expect(await keys()).toEqual([]);
  });

  it("of a database that is not there", async () => {
    const database = await postgres.database();
    await expect(dump({ ...database, database: "nobody" }, store, request())).rejects.toThrow(
      /there is no such database/,
    );
  });

  it("when the clocks disagree, for ages and retention would lie", async () => {
    const ahead = Date.now() + 10 * 60_000;
    const clock = jest.spyOn(Date, "now").mockReturnValue(ahead);
    try {
      await expect(dump(source, store, request())).rejects.toThrow(/clock: must agree .* got (599|600) s apart/);
    } finally {
      clock.mockRestore();
    }
    expect(await keys()).toEqual([]);
  });

  it("of a server newer than the tools", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "acci-old-tools-"));
    writeFileSync(path.join(folder, "pg_dump"), "#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.9'\n", { mode: 0o755 });
    const { PATH } = process.env;
    process.env["PATH"] = `${folder}:${PATH}`;
    try {
      await expect(dump(source, store, request())).rejects.toThrow(
        /pg_dump 14.9: must be at least of the server's version, got 15/,
      );
    } finally {
      process.env["PATH"] = PATH;
      rmSync(folder, { recursive: true });
    }
    expect(await keys()).toEqual([]);
  });

  it("when the database goes away in the middle", async () => {
    const own = TestPostgres.start();
    try {
      const database = await own.database(
        "CREATE TABLE public.a AS SELECT repeat('x', 1000) t, g FROM generate_series(1, 300000) g",
      );
      const running = dump(database, store, request());
      await until(
        async () =>
          (
            await own.query<{ n: string }>(database, "SELECT count(*) n FROM pg_stat_activity WHERE query LIKE 'COPY%'")
          )[0]!.n !== "0",
      );
      own.down();
      await expect(running).rejects.toThrow(/terminat|ECONNRESET|closed/i);
      expect((await keys()).filter((key) => key.endsWith("manifest.json"))).toEqual([]);
    } finally {
      own.stop();
    }
  });
});

describe("a restore fails, naming the object,", () => {
  async function damaged(change: (bytes: Buffer) => Buffer): Promise<Promise<Connection>> {
    const manifest = await dump(source, store, request());
    const { key } = manifest.tables.find(({ name }) => name === "notes")!.data;
    const bytes = await buffer(await store.get(key));
    await store.put(key, Readable.from([change(bytes)]));
    return restored(manifest);
  }

  it("when one bit of it is flipped", async () => {
    const flip = (bytes: Buffer) => {
      bytes[bytes.length >> 1]! ^= 1;
      return bytes;
    };
    await expect(damaged(flip)).rejects.toThrow(/tables\/\d+: (must unpack|SHA-256)/);
  });

  it("when it is cut off", async () => {
    await expect(damaged((bytes) => bytes.subarray(0, bytes.length - 100))).rejects.toThrow(
      /tables\/\d+: (must unpack|bytes)/,
    );
  });

  it("when its manifest was changed", async () => {
    const reference = await storeManifest(store, await dump(source, store, request()));
    await store.write(reference.key, "{}");
    await expect(readManifest(store, reference)).rejects.toThrow(/manifest\.json: SHA-256 must be/);
  });
});

describe("a comparison finds", () => {
  const changes: [string, string, RegExp][] = [
    ["a missing row", "DELETE FROM public.notes WHERE id = 5", /table "public"."notes": must have 1000 rows, got 999/],
    [
      "a changed value",
      "UPDATE public.notes SET title = 'x' WHERE id = 5",
      /table "public"."notes": must have the content/,
    ],
    ["a missing index", "DROP INDEX public.notes_title_idx", /index public.notes_title_idx: is missing/],
    [
      "a missing constraint",
      "ALTER TABLE public.refers DROP CONSTRAINT refers_id_fkey",
      /constraint public.refers.refers_id_fkey: is missing/,
    ],
    [
      "a policy that is off",
      "ALTER TABLE public.notes DISABLE ROW LEVEL SECURITY",
      /relation public.notes: must be .* rls/,
    ],
    ["a missing policy", "DROP POLICY tenants ON public.notes", /policy public.notes.tenants: is missing/],
    ["a grant too many", "GRANT DELETE ON public.notes TO sample_app", /relation public.notes: must be/],
    ["another owner", "ALTER TABLE public.refers OWNER TO sample_app", /relation public.refers: must be/],
    [
      "a sequence that fell back",
      "SELECT setval('public.notes_id_seq', 7)",
      /sequence public.notes_id_seq: must have reached 1001, got 7/,
    ],
    ["a missing extension", "DROP EXTENSION pgcrypto", /extension pgcrypto: is missing/],
    [
      "another function",
      "CREATE OR REPLACE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN old; END'",
      /function public.touch\(\): must be/,
    ],
    ["a table too many", "CREATE TABLE public.extra ()", /relation public.extra: was not in the dump's snapshot/],
  ];

  it.each(changes)("%s", async (_, change, message) => {
    const manifest = await dump(source, store, request());
    const target = await restored(manifest);
    await postgres.query(target, change);
    expect((await compare(target, manifest, 2)).join("\n")).toMatch(message);
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((next) => setTimeout(next, 5));
}
