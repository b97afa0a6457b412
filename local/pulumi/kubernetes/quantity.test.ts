import { sameQuantity } from "./quantity.ts";

const limit = ["spec", "resources", "limits", "cpu"];

it.each([
  ["1", "1000m"],
  ["1.5", "1500m"],
  ["1Gi", "1024Mi"],
  ["1e3", "1k"],
  ["100n", "0.1u"],
  ["2", 2],
])("%s is %s", (one, other) => expect(sameQuantity(limit, one, other)).toBe(true));

it.each([
  ["1", "1001m"],
  ["1G", "1Gi"],
  ["", "0"],
  ["1x", "1x"],
])("%s is not %s", (one, other) => expect(sameQuantity(limit, one, other)).toBe(false));

it("looks at amounts only", () => expect(sameQuantity(["spec", "version"], "1", "1.0")).toBe(false));
