import { createHash } from "node:crypto";
import { type Duplex, Transform } from "node:stream";
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

export const decompress = () => zlib.createZstdDecompress({ chunkSize: CHUNK });

type Filter = (source: Duplex | NodeJS.ReadableStream) => AsyncIterable<Uint8Array>;

/** Encrypts to age recipients; to none it changes nothing. */
export function encrypt(recipients: readonly string[]): Filter {
  return async function* (source) {
    if (recipients.length === 0) return yield* source as AsyncIterable<Uint8Array>;
    const encrypter = new Encrypter();
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    yield* await encrypter.encrypt(toWeb(source));
  };
}

/** The other way; without an identity it changes nothing. */
export function decrypt(identity: string | undefined): Filter {
  return async function* (source) {
    if (identity === undefined) return yield* source as AsyncIterable<Uint8Array>;
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    yield* await decrypter.decrypt(toWeb(source));
  };
}

const toWeb = (source: Duplex | NodeJS.ReadableStream) =>
  ReadableStream.from(source as AsyncIterable<Uint8Array>) as ReadableStream<Uint8Array>;
