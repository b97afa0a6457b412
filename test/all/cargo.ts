import type { Count } from "./suite.ts";

/** Sums the results of the application's test binaries. */
export function cargo(printed: string): Count {
  const results = [...printed.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm)];
  const sum = (group: number) => results.reduce((total, result) => total + Number(result[group]), 0);
  return { passed: sum(1), failed: sum(2) + sum(3) };
}
