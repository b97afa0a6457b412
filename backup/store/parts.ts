const MIB = 1 << 20;
const SMALLEST = 8 * MIB;
/** Limit of S3. */
export const MOST = 10_000;
/** The object can be larger than estimated: numbers are longer as text than in a table's files. */
const MARGIN = 2;
const FIRST = 64 << 10;

/** Part size for an object of about `size` bytes. All parts have the same size, as some stores require. */
export const partSizeFor = (size = 0): number => Math.max(SMALLEST, Math.ceil((size * MARGIN) / MOST / MIB) * MIB);

/** Parts that are in memory at the same time, one of them being filled. */
export const lanesFor = (partSize: number): number => (partSize > SMALLEST ? 2 : 3);

export interface Part {
  /** From 1. */
  readonly number: number;
  readonly body: Buffer;
}

/** Splits the source into parts of exactly that size; the last one may be smaller. An empty source gives one empty part. */
export async function* partsOf(source: AsyncIterable<Buffer>, size: number): AsyncGenerator<Part, undefined> {
  let body: Buffer = Buffer.alloc(0);
  let held = 0;
  let number = 1;
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length;) {
      if (held === body.length) body = larger(body, size);
      const copied = chunk.copy(body, held, from);
      [held, from] = [held + copied, from + copied];
      if (held < size) continue;
      yield { number: number++, body };
      [body, held] = [Buffer.alloc(0), 0];
    }
  }
  if (held > 0 || number === 1) yield { number, body: body.subarray(0, held) };
  return undefined;
}

/** Grows on demand, because most objects are much smaller than a part. */
function larger(body: Buffer, most: number): Buffer {
  const grown = Buffer.allocUnsafeSlow(Math.min(most, Math.max(FIRST, body.length * 2)));
  body.copy(grown);
  return grown;
}

/** Works on a few parts at a time, and returns only when all of them have ended. */
export async function eachPart(
  parts: AsyncIterator<Part>,
  lanes: number,
  work: (part: Part) => Promise<void>,
): Promise<void> {
  let failed: { readonly error: unknown } | undefined;
  const lane = async () => {
    while (!failed) {
      const { done, value } = await parts.next();
      if (done) return;
      await work(value);
    }
  };
  const tried = () => lane().catch((error: unknown) => (failed ??= { error }));
  await Promise.all(Array.from({ length: lanes }, tried));
  if (failed) throw (failed as { readonly error: unknown }).error;
}
