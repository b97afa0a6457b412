import fc from "fast-check";
import { growth, quantile, type Sample } from "./measure.ts";

const sample = (pod: string, value: number): Sample => ({ labels: { pod }, value });

test("a counter has grown by its difference, a new one by all it has, and one that was set back by what it has since", () => {
  const then = [sample("old", 100), sample("restarted", 50), sample("gone", 7)];
  const now = [sample("old", 130), sample("restarted", 20), sample("new", 5)];
  expect(growth(then, now).map(({ value }) => value)).toEqual([30, 20, 5]);
});

test("growth is never negative", () => {
  const samples = fc.array(fc.record({ labels: fc.record({ pod: fc.constantFrom("a", "b") }), value: fc.nat() }), {
    maxLength: 2,
  });
  fc.assert(
    fc.property(samples, samples, (then, now) => {
      for (const { value } of growth(then, now)) expect(value).toBeGreaterThanOrEqual(0);
    }),
  );
});

test("a quantile lies within its bucket, in proportion", () => {
  const buckets = [
    { le: 0.1, count: 90 },
    { le: 0.5, count: 100 },
    { le: Infinity, count: 100 },
  ];
  expect(quantile(0.95, buckets)).toBeCloseTo(0.3, 10);
  expect(quantile(0.45, buckets)).toBeCloseTo(0.05, 10);
  expect(
    quantile(0.95, [
      { le: 1, count: 10 },
      { le: Infinity, count: 100 },
    ]),
  ).toBe(1);
  expect(quantile(0.95, [])).toBeUndefined();
});
