import { createHash, randomBytes } from "node:crypto";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { generateIdentity, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import pg from "pg";
import type { Stored } from "../dump/manifest.ts";
import { BackupError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { compress, encrypt } from "../streams.ts";
import { fetch } from "./fetch.ts";

const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");

/** A store that returns these bytes for every key. */
const giving = (data: Buffer) =>
  ({ get: () => Promise.resolve(Readable.from(chunksOf(data), { objectMode: false })) }) as unknown as Store;

function* chunksOf(data: Buffer) {
  for (let from = 0; from < data.length; from += 50_000) yield data.subarray(from, from + 50_000);
}

async function written(raw: Buffer, recipients: readonly string[]): Promise<{ data: Buffer; object: Stored }> {
  const chunks: Buffer[] = [];
  await pipeline(Readable.from([raw]), compress(), encrypt(recipients), async (body) => {
    for await (const chunk of body) chunks.push(Buffer.from(chunk as Uint8Array));
  });
  const data = Buffer.concat(chunks);
  const stored = { bytes: data.length, sha256: sha256(data), rawBytes: raw.length, rawSha256: sha256(raw) };
  return { data, object: { key: "dumps/x/tables/00001", ...stored } };
}

class Collected extends Writable {
  readonly chunks: Buffer[] = [];
  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.chunks.push(Buffer.from(chunk));
    done();
  }
}

/** The server's error for a row that does not fit its table. */
const refusal = (code: string) => Object.assign(new pg.DatabaseError("invalid row", 0, "error"), { code });

/** A table of rows `<number> TAB <hex>`, which refuses other lines. */
class Table extends Writable {
  #rest = "";
  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error) => void): void {
    const lines = (this.#rest + chunk.toString("latin1")).split("\n");
    this.#rest = lines.pop()!;
    done(lines.every((line) => /^\d+\t[0-9a-f]*$/.test(line)) ? undefined : refusal("22P02"));
  }
}

const rows = (count: number) =>
  Buffer.from(Array.from({ length: count }, (_, i) => `${i}\t${randomBytes(24).toString("hex")}\n`).join(""));

const RAW = rows(4000);
const verification = (data: Buffer, object: Stored, identity?: string, sink: () => Writable = () => new Table()) =>
  expect(fetch(giving(data), object, sink(), identity ? { identity } : {})).rejects.toMatchObject({
    kind: "verification",
    message: expect.stringContaining(object.key) as string,
  });

const flipped = (data: Buffer, offset: number, bit: number) => {
  const changed = Buffer.from(data);
  changed[offset]! ^= 1 << bit;
  return changed;
};

/** Because each test reads hundreds of objects. */
jest.setTimeout(60_000);

const kinds = ["plain", "encrypted"] as const;
const made: Record<string, Awaited<ReturnType<typeof written>> & { readonly identity?: string }> = {};
beforeAll(async () => {
  const identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  made["plain"] = await written(RAW, []);
  made["encrypted"] = { ...(await written(RAW, [recipient])), identity };
});

describe.each(kinds)("an object that is %s", (kind) => {
  test("comes back as it was", async () => {
    const { data, identity, object } = made[kind]!;
    const sink = new Collected();
    await fetch(giving(data), object, sink, identity ? { identity } : {});
    expect(Buffer.concat(sink.chunks).equals(RAW)).toBe(true);
  });

  test("is refused with any bit of its beginning or end flipped", async () => {
    const { data, identity, object } = made[kind]!;
    const offsets = Array.from({ length: 260 }, (_, i) => (i < 230 ? i : data.length - 260 + i));
    for (const offset of offsets) await verification(flipped(data, offset, offset % 8), object, identity);
  });

  test("is refused with any bit flipped, or cut, or with bytes added, exchanged or lost", async () => {
    const { data, identity, object } = made[kind]!;
    const at = fc.nat(data.length - 1);
    const damages = fc.oneof(
      fc.tuple(at, fc.nat(7)).map(([offset, bit]) => flipped(data, offset, bit)),
      at.map((length) => data.subarray(0, length)),
      fc.uint8Array({ minLength: 1, maxLength: 100 }).map((more) => Buffer.concat([data, more])),
      at.map((offset) => Buffer.concat([data.subarray(0, offset), data.subarray(offset + 1)])),
      fc
        .tuple(at, fc.integer({ min: 1, max: 100_000 }))
        .map(([offset, length]) => Buffer.from(data).fill(0, offset, Math.min(data.length, offset + length))),
    );
    await fc.assert(
      fc.asyncProperty(damages, async (damaged) => {
        fc.pre(!damaged.equals(data));
        await verification(damaged, object, identity);
      }),
      { numRuns: 200 },
    );
  });

  test("is refused in another's place, of the same dump and length", async () => {
    const { identity, object } = made[kind]!;
    const recipients = identity ? [await identityToRecipient(identity)] : [];
    const other = await written(rows(4000), recipients);
    await verification(other.data, object, identity);
    await verification(other.data, object, identity, () => new Collected());
  });

  test("is named where whoever takes it is the first to find out", async () => {
    const { data, identity, object } = made[kind]!;
    // A sink that throws before the object has ended, as when it counts rows. The object is large enough for the sink to throw before the
    // end of its frame.
    const counting = () =>
      new Writable({ write: (_chunk, _encoding, done) => done(new BackupError("verification", "a row is missing")) });
    await verification(flipped(data, data.length - 3, 0), object, identity, counting);
    await expect(fetch(giving(data), object, counting(), identity ? { identity } : {})).rejects.toThrow(
      "a row is missing",
    );
  });

  test("and that was written wrong is bad, though nothing changed it since", async () => {
    const { data, identity, object } = made[kind]!;
    const damaged = flipped(data, data.length >> 1, 3);
    await verification(damaged, { ...object, sha256: sha256(damaged) }, identity);
  });
});

test("a bit flipped in what was encrypted for another is damage, and not another key", async () => {
  const { data, object } = made["encrypted"]!;
  await verification(flipped(data, 60, 0), object, await generateIdentity());
});

test("another identity is told apart from damage, and condemns no dump", async () => {
  const { data, object } = made["encrypted"]!;
  const identity = await generateIdentity();
  await expect(fetch(giving(data), object, new Collected(), { identity })).rejects.toMatchObject({
    kind: "refused",
    message: expect.stringMatching(
      /^dumps\/x\/tables\/00001: must open with the identity, got no identity matched .*; set acci:backupIdentity/,
    ) as string,
  });
});

describe("what is not the object's fault stays its own", () => {
  test.each(kinds)("a store that fails in the middle of one that is %s", async (kind) => {
    const { data, identity, object } = made[kind]!;
    const away = new BackupError("store", "cannot be reached");
    for (const after of [0, 10, 60, data.length >> 1, data.length]) {
      async function* broken() {
        await Promise.resolve();
        if (after > 0) yield data.subarray(0, after);
        throw away;
      }
      const store = { get: () => Promise.resolve(Readable.from(broken(), { objectMode: false })) } as unknown as Store;
      await expect(fetch(store, object, new Collected(), identity ? { identity } : {})).rejects.toBe(away);
    }
  });

  test.each([
    ["a disk that is full", refusal("53100")],
    ["a server that is shut down", refusal("57P01")],
    ["rows that the database refuses though they are what was dumped", refusal("23514")],
    ["a connection that is lost", Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })],
  ])("%s", async (_, error) => {
    const { data, object } = made["plain"]!;
    const sink = new Writable({ write: (_chunk, _encoding, done) => done(error) });
    await expect(fetch(giving(data), object, sink, {})).rejects.toBe(error);
  });

  test("a store that is away when the object is to be looked at again", async () => {
    const { data, object } = made["plain"]!;
    const get = jest
      .fn()
      .mockResolvedValueOnce(Readable.from([flipped(data, 2000, 0)], { objectMode: false }))
      .mockRejectedValueOnce(new BackupError("store", "cannot be reached"));
    const store = { get } as unknown as Store;
    await expect(fetch(store, object, new Table(), {})).rejects.toMatchObject({ kind: "store" });
  });
});
