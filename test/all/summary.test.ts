import type { Result } from "./suite.ts";
import { failed, summary } from "./summary.ts";

const quick = (n: number) => ({
  file: `test/quick-${n}.test.ts`,
  seconds: 1.5,
  tests: [{ name: "does", seconds: n / 10 }],
});

const results: Result[] = [
  { name: "lint", passed: 1, failed: 0, seconds: 3.4, times: [] },
  {
    name: "unit",
    passed: 12,
    failed: 1,
    seconds: 61,
    times: [
      ...Array.from({ length: 12 }, (_, n) => quick(n)),
      { file: "test/slow.test.ts", seconds: 40.25, tests: [{ name: "waits", seconds: 39 }] },
    ],
  },
];

it("the summary of a run has suites, slow files, the ten slowest tests and the sum", () => {
  expect(summary(results, 70.2)).toBe(`
lint              1 passed    0 failed      3 s
unit             12 passed    1 failed     61 s

files
    40.3 s  test/slow.test.ts
    18.0 s  12 files of less than 10 s each

the slowest 10 tests
    39.0 s  test/slow.test.ts: waits
     1.1 s  test/quick-11.test.ts: does
     1.0 s  test/quick-10.test.ts: does
     0.9 s  test/quick-9.test.ts: does
     0.8 s  test/quick-8.test.ts: does
     0.7 s  test/quick-7.test.ts: does
     0.6 s  test/quick-6.test.ts: does
     0.5 s  test/quick-5.test.ts: does
     0.4 s  test/quick-4.test.ts: does
     0.3 s  test/quick-3.test.ts: does

in 70 s

13 passed, 1 failed
`);
});

it("a run has failed when any test has", () => {
  expect(failed(results)).toBe(true);
  expect(failed(results.slice(0, 1))).toBe(false);
});
