import fc from "fast-check";
import { CHANCE, judge, tail } from "./judge.ts";
import type { Measured, Requests } from "./measure.ts";

const LIMITS = {
  minRequests: 100,
  objectives: { failed: 0.001, slow: 0.01, slowSeconds: 0.5 },
  memoryBytes: 256 * 2 ** 20,
};
const requests = (count: number, failed = 0, slow = 0): Requests => ({ count, failed, slow, p95: 0.02 });
const measured = (canary: Requests, stable: Requests = requests(2000), memoryBytes?: number): Measured => ({
  canary,
  stable,
  memoryBytes,
});
const verdict = (of: Measured, troubles: readonly string[] = []) => judge({ measured: of, troubles }, LIMITS);

test("a canary that answers as well as the stable release is good", () => {
  expect(verdict(measured(requests(500)))).toEqual({ is: "for" });
});

test("one that fails a tenth of its requests is told by twenty of them, with the figures", () => {
  expect(verdict(measured(requests(20, 2)))).toEqual({
    is: "against",
    reasons: ["failed requests of the canary: must be at most 0.1 % of its requests, got 10 % (2 of 20)"],
  });
});

test("a single failed request is chance, and no reason", () => {
  expect(verdict(measured(requests(150, 1)))).toEqual({ is: "for" });
});

test("one that is slow is told by its slow requests", () => {
  expect(verdict(measured(requests(100, 0, 30)))).toMatchObject({
    is: "against",
    reasons: [
      "requests of the canary that took longer than 0.5 s: must be at most 1 % of its requests, got 30 % (30 of 100)",
    ],
  });
});

test("what fails in both is no fault of the canary's", () => {
  expect(verdict(measured(requests(500, 100), requests(2000, 420)))).toEqual({ is: "for" });
});

test("one that nears the limit of its memory is taken for one that leaks", () => {
  expect(verdict(measured(requests(500), requests(2000), 0.95 * LIMITS.memoryBytes))).toEqual({
    is: "against",
    reasons: ["memory of a pod of the canary: must be at most 90 % of its limit, got 95 %"],
  });
});

test("a restart decides, whatever the requests say", () => {
  expect(verdict(measured(requests(500)), ["container acci of pod x: must not restart, got 1"])).toEqual({
    is: "against",
    reasons: ["container acci of pod x: must not restart, got 1"],
  });
});

test("too few requests, and a Prometheus that does not answer, leave it open", () => {
  expect(verdict(measured(requests(99)))).toEqual({
    is: "open",
    reason: "99 requests of the canary, fewer than 100",
  });
  expect(judge({ measured: undefined, unknown: "prometheus: no answer", troubles: [] }, LIMITS)).toEqual({
    is: "open",
    reason: "prometheus: no answer",
  });
});

const count = fc.integer({ min: 1, max: 5000 });
const pair = count.chain((all) => fc.tuple(fc.constant(all), fc.integer({ min: 0, max: all })));

test("more failures never make a verdict better", () => {
  const rank = { against: 0, open: 1, for: 2 };
  fc.assert(
    fc.property(pair, pair, fc.nat(200), ([all, failed], [stableAll, stableFailed], more) => {
      const stable = requests(stableAll, stableFailed);
      const before = verdict(measured(requests(all, failed), stable));
      const after = verdict(measured(requests(all, Math.min(all, failed + more)), stable));
      expect(rank[after.is]).toBeLessThanOrEqual(rank[before.is]);
    }),
  );
});

test("a canary no worse than the objectives or the stable release is never taken back for its requests", () => {
  fc.assert(
    fc.property(pair, count, ([all, failed], times) => {
      expect(verdict(measured(requests(all, failed), requests(all * times, failed * times))).is).not.toBe("against");
    }),
  );
});

test("the tail of the binomial distribution is that of the tables", () => {
  expect(tail(10, 0, 0.5)).toBe(1);
  expect(tail(10, 10, 0.5)).toBeCloseTo(1 / 1024, 12);
  expect(tail(20, 2, 0.05)).toBeCloseTo(0.26416, 5);
  expect(tail(100_000, 1100, 0.01)).toBeCloseTo(0.000864, 4);
  expect(tail(50, 2, 0.001)).toBeGreaterThan(CHANCE);
  expect(tail(5, 6, 0.1)).toBe(0);
});
