/** `make test`: every suite, cheap ones first; a failure does not hide the next suite's. Ends with `N passed, N failed`. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { inCache, project } from "../local/lib/paths.ts";
import { run, type CommandError } from "../local/lib/run.ts";

interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Suite {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Reads the numbers from what was printed. @default - one check, passed when the exit code is 0 */
  readonly count?: (printed: string) => Count;
}

const scratch = mkdtempSync(path.join(os.tmpdir(), "acci-test-"));

/** Runs a command, showing what it prints, and answers that and its exit code. */
async function attempt({ command: [command, ...args], env }: Suite): Promise<{ code: number; printed: string }> {
  try {
    return {
      code: 0,
      printed: await run(command!, args, { cwd: project, env: { ...process.env, ...env }, show: true }),
    };
  } catch (error) {
    const { code, output } = error as CommandError;
    return { code, printed: output };
  }
}

function jest(name: string, ...args: string[]): Suite {
  const results = path.join(scratch, `${name}.json`);
  return {
    name,
    command: ["npx", "jest", "--json", `--outputFile=${results}`, ...args],
    count: () => {
      const found = JSON.parse(readFileSync(results, "utf8")) as Record<string, number>;
      // A file that does not even load has no tests to fail.
      return { passed: found.numPassedTests!, failed: found.numFailedTests! + found.numRuntimeErrorTestSuites! };
    },
  };
}

function cargo(printed: string): Count {
  const results = [...printed.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed/gm)];
  const sum = (group: number) => results.reduce((total, result) => total + Number(result[group]), 0);
  return { passed: sum(1), failed: sum(2) };
}

/** Jest leaves one processor free, of two; but servers and tools are what tests wait for. */
const WORKERS = `--maxWorkers=${Math.max(2, os.availableParallelism() - 1)}`;

const suites: Suite[] = [
  { name: "format", command: ["npm", "run", "--silent", "format:check"] },
  { name: "lint", command: ["npm", "run", "--silent", "lint"] },
  { name: "types", command: ["npm", "run", "--silent", "types"] },
  { name: "dead code", command: ["npx", "knip"] },
  { name: "platform", command: [process.execPath, "local/platform.ts", "start"] },
  { name: "packages", command: [process.execPath, "local/platform.ts", "test-packages"] },
  { name: "shell", command: ["shellcheck", "local/bootstrap.sh", "app/test.sh", "backup/scratch.sh", ".ci/run"] },
  jest("unit", "--silent", WORKERS),
  // Compiled dependencies are kept with the other things that are expensive to make.
  { name: "application", command: ["app/test.sh"], env: { CARGO_TARGET_DIR: inCache("cargo") }, count: cargo },
  jest("pulumi", "--config=jest.cli.config.js", "--verbose", WORKERS),
  jest("cluster", "--config=jest.e2e.config.js", "--verbose"),
];

async function measure(suite: Suite): Promise<Count & { name: string; seconds: number }> {
  process.stdout.write(`\n=== ${suite.name}\n`);
  const start = performance.now();
  const { code, printed } = await attempt(suite);
  const seconds = (performance.now() - start) / 1000;
  const alone = code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  try {
    const counted = suite.count?.(printed) ?? alone;
    // Whatever a suite counts: one that ended badly did not pass, and one that ran nothing proved nothing.
    const hidden = (code !== 0 || counted.passed === 0) && counted.failed === 0 ? 1 : 0;
    return { ...counted, failed: counted.failed + hidden, name: suite.name, seconds };
  } catch {
    return { passed: 0, failed: 1, name: suite.name, seconds };
  }
}

const wanted = process.argv.slice(2);
const results: Awaited<ReturnType<typeof measure>>[] = [];
for (const suite of suites) if (wanted.length === 0 || wanted.includes(suite.name)) results.push(await measure(suite));
rmSync(scratch, { recursive: true });

process.stdout.write("\n");
for (const { name, passed, failed, seconds } of results)
  process.stdout.write(
    `${name.padEnd(14)} ${String(passed).padStart(4)} passed ${String(failed).padStart(4)} failed ${seconds.toFixed(0).padStart(6)} s\n`,
  );
const total = (key: "passed" | "failed") => results.reduce((sum, result) => sum + result[key], 0);
process.stdout.write(`\n${total("passed")} passed, ${total("failed")} failed\n`);
process.exit(total("failed") === 0 ? 0 : 1);
