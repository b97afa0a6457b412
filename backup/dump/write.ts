import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Store } from "../store/store.ts";
import { compress, encrypt, Measure } from "../streams.ts";
import type { Stored } from "./manifest.ts";

interface WriteOptions {
  readonly recipients: readonly string[];
  /** Bytes to expect: of it the parts that are sent are made large enough. */
  readonly size?: number;
}

/** Streams something into the store, compressed and encrypted, and answers what was read and what was written. */
export async function write(
  store: Store,
  key: string,
  source: Readable,
  { recipients, size }: WriteOptions,
): Promise<Stored> {
  const raw = new Measure();
  const stored = new Measure();
  await pipeline(source, raw, compress(), encrypt(recipients), stored, async (body: AsyncIterable<Buffer>) => {
    await store.put(key, Readable.from(body), size === undefined ? {} : { size });
  });
  return { key, bytes: stored.bytes, sha256: stored.sha256(), rawBytes: raw.bytes, rawSha256: raw.sha256() };
}
