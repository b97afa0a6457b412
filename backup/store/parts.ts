const MIB = 1 << 20;
const SMALLEST = 8 * MIB;
/** As many as S3 takes. */
export const MOST = 10_000;
/** What is sent can be larger than what was told: numbers are longer as text than in a table's files. */
const MARGIN = 2;
const FIRST = 64 << 10;

/** Of an object of about so many bytes. All parts have the same size, as some stores demand. */
export const partSizeFor = (size = 0): number => Math.max(SMALLEST, Math.ceil((size * MARGIN) / MOST / MIB) * MIB);

/** Parts at a time, of which one is being filled: all that is held in memory. */
export const lanesFor = (partSize: number): number => (partSize > SMALLEST ? 2 : 3);

export interface Part {
  /** From 1. */
  readonly number: number;
  readonly body: Buffer;
}

/** What the source gives in parts of exactly that size, the last one smaller unless it happens to fit. Of nothing, one that is empty. */
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

/** Most objects are much smaller than a part. */
function larger(body: Buffer, most: number): Buffer {
  const grown = Buffer.allocUnsafeSlow(Math.min(most, Math.max(FIRST, body.length * 2)));
  body.copy(grown);
  return grown;
}

/** Works on a few parts at a time, and ends only when all of that has ended. */
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
