import fc from "fast-check";
import { formatCpu, formatMemory, parseCpu, parseMemory } from "./quantity.ts";

test.each([
  ["500m", 500],
  ["2", 2000],
  ["2000m", 2000],
  ["0.5", 500],
])("%s is %i millicores", (quantity, millicores) => expect(parseCpu(quantity)).toBe(millicores));

test.each([
  ["512Mi", 512],
  ["2Gi", 2048],
  ["1Ti", 1048576],
  ["1024Ki", 1],
])("%s is %i MiB", (quantity, mib) => expect(parseMemory(quantity)).toBe(mib));

test("what is formatted parses to itself", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (amount) => {
      expect(parseCpu(formatCpu(amount))).toBe(amount);
      expect(parseMemory(formatMemory(amount))).toBe(amount);
    }),
  );
});

test.each([
  ["1000m", "1"],
  ["2500m", "2500m"],
  ["0.5", "500m"],
  ["4", "4"],
])("%s is %s as Kubernetes prints it", (quantity, printed) => expect(formatCpu(parseCpu(quantity))).toBe(printed));

test.each([
  ["1024Mi", "1Gi"],
  ["1536Mi", "1536Mi"],
  ["1024Gi", "1Ti"],
  ["100Ki", "100Ki"],
])("%s is %s as Kubernetes prints it", (quantity, printed) =>
  expect(formatMemory(parseMemory(quantity))).toBe(printed),
);

test("refuses what is not a quantity", () => {
  expect(() => parseCpu("1 core")).toThrow("cpu: not a CPU quantity, got 1 core; write 500m or 2");
  expect(() => parseMemory("1G")).toThrow("memory: not a memory quantity, got 1G; write 512Mi or 2Gi");
});
