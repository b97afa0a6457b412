import { type Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** How often in a row a stream may break without having brought anything. */
const BREAKS = 5;
const PAUSE_MS = 500;

/** Reads on where the connection broke. `open` answers the bytes from an offset, of the very same object. */
export async function* resumed(first: Readable, open: (offset: number) => Promise<Readable>): AsyncGenerator<Buffer> {
  let body = first;
  let offset = 0;
  for (let breaks = 0; ;) {
    const before = offset;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        offset += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      breaks = offset > before ? 1 : breaks + 1;
      if (breaks > BREAKS) throw error;
      await sleep(PAUSE_MS * 2 ** (breaks - 1));
      body = await open(offset);
    }
  }
}
