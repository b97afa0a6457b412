import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Store } from "../store/store.ts";
import { compress, encrypt, Measure } from "../streams.ts";
import type { Stored } from "./manifest.ts";

interface WriteOptions {
  readonly recipients: readonly string[];
  /** Expected bytes, which decide the size of the upload's parts. */
  readonly size?: number;
}

/** Streams the source into the store, compressed and encrypted, and returns sizes and hashes from before and after. */
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
