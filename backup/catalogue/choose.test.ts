import { aCatalogue, anEntry } from "../testing/entries.ts";
import { choose, type ChoiceOptions, type Wanted } from "./choose.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

const first = anEntry(1, { snapshotAt: "2026-01-01T02:00:00Z" });
const second = anEntry(2, { snapshotAt: "2026-01-02T02:00:00Z" });
const bad = anEntry(3, { snapshotAt: "2026-01-03T02:00:00Z", status: "bad", reason: "public.users: 41 rows, not 42" });
const catalogue = aCatalogue([second, bad, first]);

const refusal = (wanted: Wanted, options?: ChoiceOptions, of: typeof catalogue | undefined = catalogue) => {
  try {
    return `chose ${choose(of, wanted, options).id}`;
  } catch (error) {
    expect(error).toMatchObject({ exitCode: EXIT_CODES.refused });
    return (error as Error).message;
  }
};

describe("the latest", () => {
  test("is the newest verified one", () => {
    expect(choose(catalogue, { latest: true })).toBe(second);
  });

  test("goes by publication, not by a clock that was wrong", () => {
    const ahead = anEntry(1, { snapshotAt: "2031-01-01T02:00:00Z" });
    expect(choose(aCatalogue([ahead, second]), { latest: true })).toBe(second);
  });

  test("is of the newest epoch", () => {
    const after = anEntry(4, { epoch: 2, site: "dr", snapshotAt: "2026-01-01T12:00:00Z" });
    expect(choose(aCatalogue([after, second]), { latest: true })).toBe(after);
  });

  test("is never a bad one, not even when that is named", () => {
    expect(choose(catalogue, { latest: true }, { allowFailed: bad.id })).toBe(second);
    expect(refusal({ latest: true }, {}, aCatalogue([bad]))).toBe(
      `catalogue: has no verified dump, only bad ones, the newest ${bad.id} (public.users: 41 rows, not 42); make a new one, or name one of them and name it as allowFailed too`,
    );
  });

  test("of nothing is refused", () => {
    const told = "catalogue: has no dump; look whether bucket and prefix are the right ones, and make one";
    expect(refusal({ latest: true }, {}, aCatalogue([]))).toBe(told);
    expect(() => choose(undefined, { latest: true })).toThrow(told);
  });
});

describe("by time", () => {
  test("is never a bad one either", () => {
    expect(choose(catalogue, { at: new Date(bad.snapshotAt) }, { allowFailed: bad.id })).toBe(second);
  });

  test.each([
    ["2026-01-02T02:00:00Z", second],
    ["2026-01-02T01:59:59Z", first],
    ["2030-01-01T00:00:00Z", second],
  ])("at %s", (at, expected) => {
    expect(choose(catalogue, { at: new Date(at) })).toBe(expected);
  });

  test("before all of them is refused with the oldest there is", () => {
    expect(refusal({ at: new Date("2025-12-31T00:00:00Z") })).toBe(
      `catalogue: has no verified dump as old as 2025-12-31T00:00:00.000Z; the oldest is ${first.id}, of 2026-01-01T02:00:00Z: ask for that time or a later one`,
    );
  });
});

describe("by id", () => {
  test("takes that one, however old", () => {
    expect(choose(catalogue, { id: first.id })).toBe(first);
  });

  test("that is mistyped is refused with the nearest", () => {
    const typo = first.id.replace("prod", "prd");
    expect(refusal({ id: typo })).toMatch(new RegExp(`^catalogue: has no dump ${typo}; the nearest are ${first.id}, `));
  });

  test("a bad one only when it is named as such too", () => {
    expect(choose(catalogue, { id: bad.id }, { allowFailed: bad.id })).toBe(bad);
    for (const options of [{}, { allowFailed: first.id }])
      expect(refusal({ id: bad.id }, options)).toContain(`has ${bad.id} as bad (public.users: 41 rows, not 42)`);
  });
});
