import fc from "fast-check";
import { aBackup, anArchive, named, SEGMENT_BYTES, timeOf, without } from "../testing/archives.ts";
import { chainFrom } from "./chain.ts";
import { nameOf, numberAt, segmentOf } from "./segment.ts";

/** The lengths of one to four timelines, and where the base backup begins on the first of them. */
const archives = fc
  .array(fc.integer({ min: 3, max: 20 }), { minLength: 1, maxLength: 4 })
  .chain((lengths) => fc.record({ lengths: fc.constant(lengths), begin: fc.integer({ min: 1, max: lengths[0]! - 1 }) }))
  .map(({ begin, lengths }) => {
    const backup = aBackup(1, begin);
    const archive = anArchive(lengths, [backup]);
    return { archive, backup, lengths, needed: [...archive.segments.keys()].slice(begin - 1) };
  });

test("a segment's name and number are the same thing", () => {
  const bytes = fc.constantFrom(1, 16, 64, 1024).map((mebibytes) => mebibytes * 1024 * 1024);
  fc.assert(
    fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 0xffff }), (segmentBytes, number, timeline) => {
      expect(segmentOf(nameOf({ number, timeline }, segmentBytes), segmentBytes)).toEqual({ number, timeline });
    }),
  );
  expect(nameOf({ timeline: 1, number: 256 }, SEGMENT_BYTES)).toBe("000000010000000100000000");
  expect(numberAt("1/1000028", SEGMENT_BYTES)).toBe(257);
});

test("a whole archive is followed to its end, through every timeline", () => {
  fc.assert(
    fc.property(archives, ({ archive, backup, needed }) => {
      expect(chainFrom(backup, archive)).toEqual({ last: needed.at(-1) });
    }),
  );
});

test("an archive that ends earlier is followed to that end", () => {
  fc.assert(
    fc.property(archives, fc.nat(), ({ archive, backup, lengths, needed }, cut) => {
      // On the last timeline alone: a history without a segment of its timeline is another case.
      const gone = Math.min(cut % lengths.at(-1)!, needed.length - 2);
      const shorter = without(archive, ...needed.slice(needed.length - gone));
      expect(chainFrom(backup, shorter)).toEqual({ last: needed.at(-1 - gone) });
    }),
  );
});

test("any segment that is missing before the end is found and named", () => {
  fc.assert(
    fc.property(archives, fc.nat(), ({ archive, backup, needed }, which) => {
      const missing = needed[which % (needed.length - 1)]!;
      const { broken, last } = chainFrom(backup, without(archive, missing));
      expect(last).toBe(needed[needed.indexOf(missing) - 1]);
      const { number } = segmentOf(missing, SEGMENT_BYTES);
      // A timeline whose first segment is missing is not begun: the name is that of the timeline before.
      expect(segmentOf(/[0-9A-F]{24}/.exec(broken ?? "")![0], SEGMENT_BYTES).number).toBe(number);
      expect(broken).toMatch(/ is missing/);
    }),
  );
});

test("a timeline without its history is found: Postgres would end before it", () => {
  fc.assert(
    fc.property(
      archives.filter(({ lengths }) => lengths.length > 1),
      fc.nat(),
      ({ archive, backup, lengths }, which) => {
        const histories = new Map(archive.histories);
        histories.delete(2 + (which % (lengths.length - 1)));
        expect(chainFrom(backup, { ...archive, histories }).broken).toMatch(
          /^the history of its timeline is missing, and [0-9A-F]{24} comes after it$/,
        );
      },
    ),
  );
});

test("what an old primary archived after another took its place is no part of it", () => {
  fc.assert(
    fc.property(
      archives.filter(({ lengths }) => lengths.length > 1),
      ({ archive, backup, lengths, needed }) => {
        const strays = [1, 2, 3].map((n): [string, Date] => [named(1, lengths[0]! + 1 + n), timeOf(1)]);
        const segments = new Map([...archive.segments, ...strays]);
        expect(chainFrom(backup, { ...archive, segments })).toEqual({ last: needed.at(-1) });
      },
    ),
  );
});

test("a base backup from after its timeline's end is on another timeline", () => {
  const stray = aBackup(1, 8);
  expect(chainFrom(stray, anArchive([4, 9], [stray])).broken).toBe(
    `${named(1, 8)}, where it begins, is on another timeline than 2`,
  );
});

test("a base backup whose own WAL is not whole is told from an archive that ends", () => {
  const backup = aBackup(1, 3);
  expect(chainFrom(backup, anArchive([3], [backup]))).toEqual({
    last: named(1, 3),
    broken: `${named(1, 4)}, which it needs, is missing`,
  });
});
