import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { execute } from "./command.ts";
import type { LowWeight } from "./low-weight.ts";
import type { Result, Suite } from "./suite.ts";

interface Options {
  readonly project: string;
  /** Folder for the logs of the suites. */
  readonly scratch: string;
}

/** Runs suites and keeps their results. Lanes may run at the same time; one of them prints its output as it comes. */
export class Run {
  readonly results: Result[] = [];
  private readonly options: Options;
  /** Name of the suite whose output is being printed. */
  private shown: string | undefined;

  constructor(options: Options) {
    this.options = options;
  }

  /**
   * Runs suites one after the other, even after a failure. With `beside` they run at low weight, and the output of each is printed when it
   * ends.
   */
  async lane(suites: readonly Suite[], beside?: LowWeight): Promise<void> {
    for (const suite of suites) this.results.push(await this.measure(suite, beside));
  }

  private async measure(suite: Suite, beside: LowWeight | undefined): Promise<Result> {
    const log = path.join(this.options.scratch, `${suite.name}.log`);
    mkdirSync(this.options.scratch, { recursive: true });
    if (!beside) this.announce((this.shown = suite.name));
    const start = performance.now();
    const command = beside ? beside.wrap(suite.command) : suite.command;
    const code = await execute(command, { cwd: this.options.project, env: suite.env, log, show: !beside });
    const seconds = (performance.now() - start) / 1000;
    const printed = readFileSync(log, "utf8");
    if (beside) this.printWhole(suite.name, printed);
    else this.shown = undefined;
    return { name: suite.name, seconds, ...judge(suite, code, printed), times: timesOf(suite) };
  }

  private printWhole(name: string, printed: string): void {
    this.announce(name);
    process.stdout.write(printed);
    if (this.shown !== undefined) this.announce(`${this.shown}, continued`);
  }

  private announce(name: string): void {
    process.stdout.write(`\n=== ${name}\n`);
  }
}

/** Result of a suite. One failure is added when it exited badly or ran nothing, but counted no failure. */
function judge(suite: Suite, code: number, printed: string): { passed: number; failed: number } {
  try {
    const alone = code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
    const { passed, failed } = suite.count?.(printed) ?? alone;
    const hidden = (code !== 0 || passed === 0) && failed === 0 ? 1 : 0;
    return { passed, failed: failed + hidden };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** Times of a suite; empty when its report cannot be read, because the suite has then failed already. */
function timesOf(suite: Suite) {
  try {
    return suite.times?.() ?? [];
  } catch {
    return [];
  }
}
