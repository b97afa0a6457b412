import { type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { isPassing } from "../database/passing.ts";
import type { Stored } from "../dump/manifest.ts";
import { BackupError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { decompress, decrypt, Measure, Unreadable } from "../streams.ts";

/** Streams an object of a dump into the sink; throws when a single bit differs from the manifest. */
export async function fetch(
  store: Store,
  object: Stored,
  sink: Writable,
  { identity, onBytes }: { identity?: string; onBytes?: (bytes: number) => void },
): Promise<void> {
  const stored = new Measure();
  const raw = new Measure(onBytes);
  const source = await store.get(object.key);
  // The stream that failed first, because its failure makes the others fail too.
  const failed: string[] = [];
  source.once("error", () => failed.push("source"));
  sink.once("error", () => failed.push("sink"));
  try {
    await pipeline(source, stored, decrypt(identity), decompress(), raw, sink);
  } catch (error) {
    if (error instanceof Unreadable || (failed[0] === "sink" && refusesData(error)))
      throw await judge(store, object, stored.bytes, error);
    throw error;
  }
  const { bytes, key, rawBytes, rawSha256, sha256 } = object;
  check(key, "bytes", bytes, stored.bytes);
  check(key, "SHA-256", sha256, stored.sha256());
  check(key, "bytes when unpacked", rawBytes, raw.bytes);
  check(key, "SHA-256 when unpacked", rawSha256, raw.sha256());
}

function check(key: string, what: string, expected: string | number, found: string | number): void {
  if (expected !== found)
    throw new BackupError("verification", `${key}: ${what} must be ${expected}, got ${found}; the object was changed`);
}

/** Whether the sink refused the data: a sink that takes rows as they stream may be the first to meet corrupt data. */
function refusesData(error: unknown): error is Error {
  if (error instanceof BackupError) return error.kind === "verification";
  return error instanceof pg.DatabaseError && !isPassing(error);
}

/** Reads the object once more to find the cause: only if its bytes differ from the written ones is the object to blame. */
async function judge(store: Store, { bytes, key, sha256 }: Stored, read: number, error: Error): Promise<Error> {
  const found = await measure(store, key);
  const told = `${key}: must unpack, got ${error.message} after ${read} of ${bytes} bytes`;
  const verification = (text: string) => new BackupError("verification", text, { cause: error });
  if (found.bytes !== bytes) return verification(`${told}; the object was changed, it has ${found.bytes} bytes`);
  if (found.sha256 !== sha256)
    return verification(`${told}; the object was changed, its SHA-256 must be ${sha256}, got ${found.sha256}`);
  if (!(error instanceof Unreadable)) return error;
  if (error.stage === "data")
    return verification(`${told} although the object is what was written; look at the memory of the nodes`);
  return new BackupError(
    "refused",
    `${key}: must open with the identity, got ${error.message} although the object is what was written; ` +
      "set acci:backupIdentity to the age secret key of the dump's recipients",
    { cause: error },
  );
}

async function measure(store: Store, key: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const all = new Measure();
  await pipeline(await store.get(key), all.resume());
  return { bytes: all.bytes, sha256: all.sha256() };
}
