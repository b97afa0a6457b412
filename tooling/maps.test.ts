import { isMap, merge, mergeWhere } from "./maps.ts";

it("merges maps key by key and replaces everything else, lists and nulls too", () => {
  const base = { a: { b: 1, c: [1, 2] }, d: "kept", e: { f: 1 } };
  const over = { a: { c: [3], g: null }, e: "no map any more" };
  expect(merge(base, over)).toEqual({ a: { b: 1, c: [3], g: null }, d: "kept", e: "no map any more" });
});

it("changes neither of the two", () => {
  const [base, over] = [{ a: { b: 1 } }, { a: { c: 2 } }];
  merge(base, over);
  expect([base, over]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
});

it("replaces as a whole what does not count as a map", () => {
  const isOpen = (value: unknown): value is Record<string, unknown> => isMap(value) && !("secret" in value);
  const base = { a: { secret: "old" }, b: { c: { secret: "old", d: 1 } } };
  const over = { a: { secret: "new" }, b: { c: { secret: "new" } } };
  expect(mergeWhere(isOpen)(base, over)).toEqual(over);
});

it.each([[[]], [null], ["text"], [undefined]])("%p is no map", (value) => {
  expect(isMap(value)).toBe(false);
});
