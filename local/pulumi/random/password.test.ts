import { generate, optionsOf, withDefaults } from "./password.ts";
import { secret } from "../serve/values.ts";

describe("random passwords", () => {
  it("holds at least the asked-for characters of every class", () => {
    for (let i = 0; i < 50; i++) {
      const password = generate(
        optionsOf({ length: 12, minLower: 2, minUpper: 3, minNumeric: 4, minSpecial: 2, overrideSpecial: "-_" }),
      );
      expect(password).toHaveLength(12);
      expect(password.match(/[a-z]/g)?.length).toBeGreaterThanOrEqual(2);
      expect(password.match(/[A-Z]/g)?.length).toBeGreaterThanOrEqual(3);
      expect(password.match(/[0-9]/g)?.length).toBeGreaterThanOrEqual(4);
      expect(password.match(/[-_]/g)?.length).toBeGreaterThanOrEqual(2);
      expect(password).toMatch(/^[A-Za-z0-9_-]+$/);
    }
  });

  it("draws only from the classes that are on", () => {
    expect(generate(optionsOf({ length: 40, special: false, upper: false, number: false }))).toMatch(/^[a-z]{40}$/);
  });

  it("refuses to draw from nothing", () => {
    const nothing = { length: 4, special: false, upper: false, lower: false, numeric: false };
    expect(() => generate(optionsOf(nothing))).toThrow(
      "lower, upper, numeric, special: all are false; enable at least one",
    );
  });

  it("treats a default as the same whether or not it is spelled out", () => {
    expect(withDefaults({ length: 8 })).toEqual(withDefaults({ length: secret(8), upper: true, keepers: {} }));
  });
});
