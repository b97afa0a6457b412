import type { Result } from "./suite.ts";

/** Files below this are summed up in one line. */
const WORTH_A_LINE_SECONDS = 10;
const SLOWEST = 10;

const total = (results: readonly Result[], key: "passed" | "failed") =>
  results.reduce((sum, result) => sum + result[key], 0);

const suiteLine = ({ name, passed, failed, seconds }: Result) =>
  `${name.padEnd(14)} ${String(passed).padStart(4)} passed ${String(failed).padStart(4)} failed ${seconds.toFixed(0).padStart(6)} s`;

const timeLine = (seconds: number, what: string) => `${seconds.toFixed(1).padStart(8)} s  ${what}`;

function fileLines(results: readonly Result[]): string[] {
  const files = results.flatMap(({ times }) => times).sort((a, b) => b.seconds - a.seconds);
  const slow = files.filter(({ seconds }) => seconds >= WORTH_A_LINE_SECONDS);
  const quick = files.slice(slow.length);
  const rest = quick.reduce((sum, { seconds }) => sum + seconds, 0);
  return [
    ...slow.map(({ file, seconds }) => timeLine(seconds, file)),
    ...(quick.length > 0 ? [timeLine(rest, `${quick.length} files of less than ${WORTH_A_LINE_SECONDS} s each`)] : []),
  ];
}

function slowestLines(results: readonly Result[]): string[] {
  const tests = results.flatMap(({ times }) =>
    times.flatMap(({ file, tests: all }) => all.map(({ name, seconds }) => ({ seconds, what: `${file}: ${name}` }))),
  );
  return tests
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST)
    .map(({ seconds, what }) => timeLine(seconds, what));
}

/** The result of each suite, then the slowest files and tests, and the total in the last line. */
export function summary(results: readonly Result[], seconds: number): string {
  const sections = [
    results.map(suiteLine),
    ...(results.some(({ times }) => times.length > 0)
      ? [
          ["files", ...fileLines(results)],
          [`the slowest ${SLOWEST} tests`, ...slowestLines(results)],
        ]
      : []),
    [`in ${seconds.toFixed(0)} s`],
    [`${total(results, "passed")} passed, ${total(results, "failed")} failed`],
  ];
  return sections.map((lines) => `\n${lines.join("\n")}\n`).join("");
}

export const failed = (results: readonly Result[]) => total(results, "failed") > 0;
