import fc from "fast-check";
import type { Panel } from "../../dashboards/spec.ts";
import { type Ask, draw, rangeOf, type Series } from "./panels.ts";

const RANGE = { start: 1000, end: 1030, step: 15 };
const panel = (over: Partial<Panel> = {}): Panel => ({
  title: "Requests",
  description: "Answered requests a second.",
  unit: "reqps",
  queries: [{ expr: 'rate(x{namespace="$namespace"}[$__rate_interval])', legend: "{{pod}} of {{pool}}" }],
  ...over,
});
const answer =
  (...series: Series[]): Ask =>
  () =>
    Promise.resolve(series);

test("a query is asked for the site, with the interval that Grafana would take", async () => {
  const asked: string[] = [];
  const ask: Ask = (expr) => (asked.push(expr), Promise.resolve([]));
  await draw(panel(), "acci-prod", RANGE, ask);
  await draw(panel(), "acci-prod", { start: 0, end: 86_400, step: 360 }, ask);
  expect(asked).toEqual(['rate(x{namespace="acci-prod"}[120s])', 'rate(x{namespace="acci-prod"}[1440s])']);
});

test("a series has its name by the legend, and a gap where it has no number", async () => {
  const ask = answer({
    metric: { pod: "acci-0" },
    values: [
      [1000, "1.5"],
      [1030, "NaN"],
    ],
  });
  const { series, times } = await draw(panel(), "acci-dev", RANGE, ask);
  expect(times).toEqual([1000, 1015, 1030]);
  expect(series).toEqual([{ name: "acci-0 of ", values: [1.5, null, null] }]);
});

test("a heatmap has each bucket without those below it, lowest first", async () => {
  const bucket = (le: string, value: string): Series => ({ metric: { le }, values: [[1000, value]] });
  const queries = [{ expr: "x", legend: "{{le}}" }];
  const ask = answer(bucket("+Inf", "9"), bucket("0.5", "2"), bucket("1", "7"));
  const { series } = await draw(panel({ kind: "heatmap", queries }), "acci-dev", RANGE, ask);
  expect(series.map(({ name, values }) => [name, values[0]])).toEqual([
    ["0.5", 2],
    ["1", 5],
    ["+Inf", 2],
  ]);
});

test("a panel whose query fails says why, and the others are drawn", async () => {
  const drawn = await draw(panel(), "acci-dev", RANGE, () => Promise.reject(new Error("bad_data: parse error")));
  expect(drawn).toMatchObject({ title: "Requests", series: [], problem: "bad_data: parse error" });
});

test("a range ends on a multiple of its step, and has no more points than a panel has room for", () =>
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 30 * 86_400 }), fc.integer({ min: 1e9, max: 2e9 }), (seconds, now) => {
      const { end, start, step } = rangeOf(seconds, now);
      expect(end % step).toBe(0);
      expect(now - end).toBeLessThan(step);
      expect((end - start) % step).toBe(0);
      expect((end - start) / step).toBeLessThanOrEqual(240);
      expect(seconds - (end - start)).toBeLessThan(step);
    }),
  ));
