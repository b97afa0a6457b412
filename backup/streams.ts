import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import zlib from "node:zlib";
import { Decrypter, Encrypter } from "age-encryption";

const CHUNK = 1 << 20;
/** The fastest of zstd's ordinary levels: at the next ones compression, not the database, decides how long a dump takes. */
const LEVEL = 1;

/** Passes everything on, and knows how much it was and its SHA-256. */
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

  /** Once the stream has ended. */
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

/** The data are not what they were when they were written, or the key is another. Their source and whoever takes them are well. */
export class Unreadable extends Error {
  /** `key`: not even opened. `data`: wrong further on. */
  readonly stage: "key" | "data";

  constructor(stage: "key" | "data", cause: unknown) {
    super((cause as Error).message, { cause });
    this.name = "Unreadable";
    this.stage = stage;
  }
}

/** Tells what a filter cannot read from what its source could not give. */
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
    // What goes wrong in it is met by whoever reads the other end.
    pipeline(source, unpacked).catch(() => {});
    yield* unpacked as Bytes;
  });

/** Encrypts to age recipients; to none it changes nothing. */
export function encrypt(recipients: readonly string[]): Filter {
  return async function* (source) {
    if (recipients.length === 0) return yield* source;
    const encrypter = new Encrypter();
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    yield* await encrypter.encrypt(toWeb(source));
  };
}

/** The other way; without an identity it changes nothing. */
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
