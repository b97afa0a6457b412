import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Stored } from "../dump/manifest.ts";
import { BackupError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { decompress, decrypt, Measure } from "../streams.ts";

/** Streams an object of a dump into the sink, and fails when one bit of it is not what the manifest says. */
export async function fetch(
  store: Store,
  { bytes, key, rawBytes, rawSha256, sha256 }: Stored,
  sink: Writable,
  { identity, onBytes }: { identity?: string; onBytes?: (bytes: number) => void },
): Promise<void> {
  const stored = new Measure();
  const raw = new Measure(onBytes);
  const source: Readable = await store.get(key);
  try {
    await pipeline(source, stored, decrypt(identity), decompress(), raw, sink);
  } catch (error) {
    throw damage(key, stored, bytes, error as Error);
  }
  check(key, "bytes", bytes, stored.bytes);
  check(key, "SHA-256", sha256, stored.sha256());
  check(key, "bytes when unpacked", rawBytes, raw.bytes);
  check(key, "SHA-256 when unpacked", rawSha256, raw.sha256());
}

function check(key: string, what: string, expected: string | number, found: string | number): void {
  if (expected !== found)
    throw new BackupError("proof", `${key}: ${what} must be ${expected}, got ${found}; the object was changed`);
}

/** Broken data shows as an error of whoever reads it first; an error that is not about data is passed on. */
function damage(key: string, stored: Measure, expected: number, error: Error & { code?: string }): Error {
  if (error instanceof BackupError) return error;
  const unreadable = /^Z(STD)?_/.test(error.code ?? "");
  if (!unreadable && !/decrypt|authentication|chunk|identity/i.test(error.message)) return error;
  return new BackupError(
    "proof",
    `${key}: must unpack, got ${error.message} after ${stored.bytes} of ${expected} bytes; the object was changed or the key is another`,
    { cause: error },
  );
}
