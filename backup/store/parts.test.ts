import fc from "fast-check";
import { eachPart, lanesFor, MOST, type Part, partSizeFor, partsOf } from "./parts.ts";

const MIB = 1 << 20;
async function* source(chunks: readonly Uint8Array[]) {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
}

test("parts follow the size, with room for twice as much, and are 8 MiB at least", () => {
  expect([undefined, 0, 1e9, 40e9].map(partSizeFor)).toEqual([8 * MIB, 8 * MIB, 8 * MIB, 8 * MIB]);
  expect(partSizeFor(1 << 20)).toBe(8 * MIB);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20e12 }), (size) => {
      const part = partSizeFor(size);
      expect(part % MIB).toBe(0);
      expect(part * MOST).toBeGreaterThanOrEqual(2 * size);
      expect(part).toBeLessThanOrEqual(Math.max(8 * MIB, (2 * size) / MOST + MIB));
    }),
  );
});

test("what is in memory is at most three parts of 8 MiB, or two that are larger", () => {
  expect([partSizeFor(), partSizeFor(1e12)].map(lanesFor)).toEqual([3, 2]);
});

test("the source comes in parts of one size, in their order, and only the last is smaller", async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(chunks, fc.integer({ min: 1, max: 4000 }), async (given, size) => {
      const parts: Part[] = [];
      for await (const part of partsOf(source(given), size)) parts.push(part);
      const whole = Buffer.concat(given);
      expect(Buffer.concat(parts.map(({ body }) => body)).equals(whole)).toBe(true);
      expect(parts.map(({ number }) => number)).toEqual(parts.map((_, i) => i + 1));
      expect(parts).toHaveLength(Math.max(1, Math.ceil(whole.length / size)));
      for (const { body } of parts.slice(0, -1)) expect(body).toHaveLength(size);
    }),
  );
});

test("a part is the work of one lane, and a failure stops them all once they are done", async () => {
  let working = 0;
  const done: number[] = [];
  const work = async ({ number }: Part) => {
    expect(++working).toBeLessThanOrEqual(3);
    await new Promise((next) => setTimeout(next, number === 2 ? 1 : 20));
    working--;
    if (number === 2) throw new Error("the store went away");
    done.push(number);
  };
  const ten = Array.from({ length: 10 }, (_, i) => Buffer.from([i]));
  await expect(eachPart(partsOf(source(ten), 1), 3, work)).rejects.toThrow("the store went away");
  expect(working).toBe(0);
  expect(done).toEqual([1, 3]);
});
