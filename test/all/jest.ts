import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Count, FileTime, Suite } from "./suite.ts";

/** The fields of Jest's `--json` report that are read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Test files that failed to load; their tests are in no other count. */
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly fullName: string; readonly duration?: number | null }[];
  }[];
}

export const countOf = (report: Report): Count => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests + report.numRuntimeErrorTestSuites + report.numPendingTests + report.numTodoTests,
});

export const timesOf = (report: Report, project: string): FileTime[] =>
  report.testResults.map(({ name, startTime, endTime, assertionResults }) => ({
    file: path.relative(project, name),
    seconds: (endTime - startTime) / 1000,
    tests: assertionResults.map(({ fullName, duration }) => ({ name: fullName, seconds: (duration ?? 0) / 1000 })),
  }));

/** A suite that Jest runs, with its report in the scratch folder. */
export function jest(
  name: string,
  { project, scratch }: { project: string; scratch: string },
  ...args: string[]
): Suite {
  const file = path.join(scratch, `${name}.json`);
  const report = () => JSON.parse(readFileSync(file, "utf8")) as Report;
  return {
    name,
    command: ["npx", "jest", "--json", `--outputFile=${file}`, ...args],
    count: () => countOf(report()),
    times: () => (existsSync(file) ? timesOf(report(), project) : []),
  };
}
