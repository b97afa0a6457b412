import fc from "fast-check";
import { keepersOf, slotsAfter } from "./rotation.ts";

test.each([
  [0, { active: 0, rotations: [undefined, undefined] }],
  [1, { active: 1, rotations: [undefined, 1] }],
  [2, { active: 0, rotations: [2, 1] }],
  [3, { active: 1, rotations: [2, 3] }],
])("after %i rotations", (rotations, slots) => expect(slotsAfter(rotations)).toEqual(slots));

test("each rotation moves to the other password, replaces it and leaves the one in use alone", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), (rotations) => {
      const [before, after] = [slotsAfter(rotations), slotsAfter(rotations + 1)];
      expect(after.active).not.toBe(before.active);
      expect(after.rotations[after.active]).toBe(rotations + 1);
      expect(after.rotations[before.active]).toBe(before.rotations[before.active]);
    }),
  );
});

test("a password that was never rotated is not replaced by the program's update", () => {
  expect(keepersOf(undefined)).toEqual({});
  expect(keepersOf(0)).toEqual({});
  expect(keepersOf(3)).toEqual({ keepers: { rotation: "3" } });
});
