import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import zlib from "node:zlib";
import { Decrypter, Encrypter } from "age-encryption";

const CHUNK = 1 << 20;
/** The fastest of zstd's regular levels. From the next level on, compression, not the database, decides how long a dump takes. */
const LEVEL = 1;

/** Passes all bytes on, and counts and hashes them (SHA-256). */
export class Measure extends Transform {
  bytes = 0;
  readonly #hash = createHash("sha256");
  readonly #onBytes: ((bytes: number) => void) | undefined;

  constructor(onBytes?: (bytes: number) => void) {
    super({ highWaterMark: CHUNK });
    this.#onBytes = onBytes;
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk);
    this.bytes += chunk.length;
    this.#onBytes?.(chunk.length);
    done(null, chunk);
  }

  /** Complete only when the stream has ended. */
  sha256(): string {
    return this.#hash.digest("hex");
  }
}

export const compress = () =>
  zlib.createZstdCompress({
    chunkSize: CHUNK,
    params: { [zlib.constants.ZSTD_c_compressionLevel]: LEVEL, [zlib.constants.ZSTD_c_checksumFlag]: 1 },
  });

type Bytes = AsyncIterable<Uint8Array>;
type Filter = (source: Bytes) => Bytes;

/** The data differ from what was written, or the key is wrong. Source and sink did not fail. */
export class Unreadable extends Error {
  /** `key`: not even opened. `data`: unreadable further on. */
  readonly stage: "key" | "data";

  constructor(stage: "key" | "data", cause: unknown) {
    super((cause as Error).message, { cause });
    this.name = "Unreadable";
    this.stage = stage;
  }
}

/** Wraps a filter: what the filter cannot read throws Unreadable, a failure of its source is thrown unchanged. */
function reader(filter: Filter): Filter {
  return async function* (source) {
    let broken: { readonly error: unknown } | undefined;
    async function* watched() {
      try {
        yield* source;
      } catch (error) {
        broken = { error };
        throw error;
      }
    }
    try {
      yield* filter(watched());
    } catch (error) {
      if (broken) throw broken.error;
      throw error instanceof Unreadable ? error : new Unreadable("data", error);
    }
  };
}

export const decompress = (): Filter =>
  reader(async function* (source) {
    const unpacked = zlib.createZstdDecompress({ chunkSize: CHUNK });
    // Ignored here, because the reader of `unpacked` gets the same error.
    pipeline(source, unpacked).catch(() => {});
    yield* unpacked as Bytes;
  });

/** Encrypts to age recipients; without any, the bytes pass unchanged. */
export function encrypt(recipients: readonly string[]): Filter {
  return async function* (source) {
    if (recipients.length === 0) return yield* source;
    const encrypter = new Encrypter();
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    yield* await encrypter.encrypt(toWeb(source));
  };
}

/** Decrypts with an age identity; without one, the bytes pass unchanged. */
export function decrypt(identity: string | undefined): Filter {
  if (identity === undefined) return (source) => source;
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return reader(async function* (source) {
    const opened = await decrypter.decrypt(toWeb(source)).catch((error: unknown) => {
      throw new Unreadable("key", error);
    });
    yield* opened;
  });
}

const toWeb = (source: Bytes) => ReadableStream.from(source) as ReadableStream<Uint8Array>;
