import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { generateIdentity, identityToRecipient } from "age-encryption";
import type { Connection } from "../database/connection.ts";
import { newId } from "../id.ts";
import { verify } from "../restore/verify.ts";
import { TestPostgres } from "../testing/postgres.ts";
import { type Restored, RoundTrip } from "../testing/round-trip.ts";
import { sample } from "../testing/sample.ts";
import { until } from "../testing/until.ts";
import { dump, type DumpRequest } from "./dump.ts";
import { type Manifest, objectsOf } from "./manifest.ts";
import { readManifest, storeManifest } from "./store-manifest.ts";

let trip: RoundTrip;
let source: Connection;

beforeAll(async () => {
  trip = await RoundTrip.start();
  source = { ...(await trip.database({ sql: sample })), user: "acci_backup" };
});
afterAll(() => trip.stop());

const request = (over: Partial<DumpRequest> = {}): DumpRequest => ({
  id: newId("test", new Date()),
  site: "test",
  parallelism: 2,
  recipients: [],
  ...over,
});

/** Verifies a dump as the step `verify` does, in a verification server. */
const verification = (manifest: Manifest, identity?: string) =>
  verify(trip.store, manifest, {
    parallelism: 2,
    superuser: trip.target.connection(),
    site: trip.site,
    ...(identity ? { identity } : {}),
  });

async function keysOf(id: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of trip.store.list(`dumps/${id}/`)) found.push(key);
  return found;
}

describe("a dump and its restore", () => {
  let restored: Restored;
  beforeAll(async () => (restored = await trip.bringBack(source)));

  it("are the same in rows, definitions, grants, policies and sequences", async () => {
    expect(await restored.problems()).toEqual([]);
    const { manifest, target } = restored;
    expect(manifest.unlogged).toEqual(['"public"."visitors"']);
    const rows = await trip.target.query<{ n: string }>(target, "SELECT count(*) n FROM public.notes");
    expect(rows).toEqual([{ n: "1001" }]);
  });

  it("say the same when what came back is dumped again", async () => {
    const again = await dump(restored.target, trip.store, request());
    const contentsOf = ({ tables }: Manifest) => tables.map(({ data, digest }) => digest ?? data.rawSha256);
    expect(contentsOf(again)).toEqual(contentsOf(restored.manifest));
  });

  it("keep small tables together and know each one's rows", () => {
    const { bundles, tables } = restored.manifest;
    expect(bundles.length).toBeLessThan(tables.length);
    expect(tables.find(({ name }) => name === "moods")).toMatchObject({ reach: "partitions", rows: 30 });
    expect(tables.map(({ name }) => name)).not.toContain("moods_0");
  });

  it("are the same when encrypted, and nobody without the key reads a word", async () => {
    const identity = await generateIdentity();
    const manifest = await dump(source, trip.store, request({ recipients: [await identityToRecipient(identity)] }));
    for (const { key } of objectsOf(manifest)) {
      const stored = await buffer(await trip.store.get(key));
      expect(stored.subarray(0, 21).toString()).toBe("age-encryption.org/v1");
    }
    expect(await verification(manifest, identity)).toEqual([]);
    await expect(verification(manifest, await generateIdentity())).rejects.toThrow(/identity/);
  });

  it("fail for a role that may not read every row", async () => {
    await expect(dump({ ...source, user: "acci_app" }, trip.store, request())).rejects.toThrow(
      /must be readable as a whole by the role that dumps, got permission denied/,
    );
  });
});

describe("a dump is refused", () => {
  it("of a database that is not there", async () => {
    await expect(dump({ ...source, database: "nobody" }, trip.store, request())).rejects.toThrow(
      /there is no such database/,
    );
  });

  it("when the clocks disagree, for ages and retention would lie", async () => {
    const asked = request();
    const ahead = Date.now() + 10 * 60_000;
    const clock = jest.spyOn(Date, "now").mockReturnValue(ahead);
    try {
      await expect(dump(source, trip.store, asked)).rejects.toThrow(/clock: must agree .* got (599|600) s apart/);
    } finally {
      clock.mockRestore();
    }
    expect(await keysOf(asked.id)).toEqual([]);
  });

  it("of a server newer than the tools", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "acci-old-tools-"));
    writeFileSync(path.join(folder, "pg_dump"), "#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.9'\n", { mode: 0o755 });
    const { PATH } = process.env;
    process.env["PATH"] = `${folder}:${PATH}`;
    const asked = request();
    try {
      await expect(dump(source, trip.store, asked)).rejects.toThrow(
        /pg_dump 14.9: must be at least of the server's version, got 15/,
      );
    } finally {
      process.env["PATH"] = PATH;
      rmSync(folder, { recursive: true });
    }
    expect(await keysOf(asked.id)).toEqual([]);
  });

  it("when the database goes away in the middle", async () => {
    const own = TestPostgres.start();
    try {
      const rows = "SELECT repeat('x', 1000) t, g FROM generate_series(1, 300000) g";
      await own.query(own.connection(), "CREATE ROLE owner LOGIN");
      const database = await own.database(
        `CREATE TABLE public.a AS ${rows}; ALTER TABLE public.a OWNER TO owner; ALTER DATABASE test_1 OWNER TO owner`,
      );
      const asked = request();
      const running = dump(database, trip.store, asked);
      const copying = "SELECT FROM pg_stat_activity WHERE query LIKE 'COPY%'";
      await until(async () => (await own.query(database, copying)).length > 0);
      own.down();
      await expect(running).rejects.toThrow(/terminat|ECONNRESET|closed/i);
      expect((await keysOf(asked.id)).filter((key) => key.endsWith("manifest.json"))).toEqual([]);
    } finally {
      own.stop();
    }
  });
});

describe("a verification names the object", () => {
  async function damaged(change: (bytes: Buffer) => Buffer): Promise<string[]> {
    const manifest = await dump(source, trip.store, request());
    const { key } = manifest.bundles[0]!;
    const bytes = await buffer(await trip.store.get(key));
    await trip.store.put(key, Readable.from([change(bytes)]));
    return verification(manifest);
  }

  it("of which one bit is flipped", async () => {
    const flip = (bytes: Buffer) => {
      bytes[bytes.length >> 1]! ^= 1;
      return bytes;
    };
    expect(await damaged(flip)).toEqual([expect.stringMatching(/tables\/\d+: (must unpack|SHA-256)/)]);
  });

  it("that is cut off", async () => {
    expect(await damaged((bytes) => bytes.subarray(0, bytes.length - 100))).toEqual([
      expect.stringMatching(/tables\/\d+: (must unpack|bytes)/),
    ]);
  });

  it("whose manifest was changed", async () => {
    const reference = await storeManifest(trip.store, await dump(source, trip.store, request()));
    await trip.store.write(reference.key, "{}");
    await expect(readManifest(trip.store, reference)).rejects.toThrow(/manifest\.json: SHA-256 must be/);
  });
});
