import { kubeconfig } from "../../../local/lib/paths.ts";
import { merge } from "../../../tooling/maps.ts";
import { bin, project } from "../../../tooling/paths.ts";
import { run } from "../../../tooling/run.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { type Lost, runbookCommands, variablesOf } from "../../../ops/runbook.ts";

type Config = Record<string, unknown>;

export interface OperatorOptions {
  /** @default "dr" */
  readonly dr?: string;
  readonly lost?: Lost;
  /** Configuration of the stacks on top of their own, from the beginning. */
  readonly config?: Readonly<Record<string, Config>>;
}

/**
 * Runs the commands of a runbook word for word. Only `pulumi` is replaced by the embedded platform's: it asks no questions, and what
 * `pulumi config set` sets is kept here instead of in a file.
 */
export class RunbookRunner {
  private readonly variables;
  private readonly config: Record<string, Config>;

  constructor(stack: string, { config = {}, dr = "dr", lost }: OperatorOptions = {}) {
    this.variables = variablesOf(stack, dr, lost);
    this.config = { ...config };
  }

  /** Runs the commands below a heading of a runbook, and returns their output. */
  async follow(name: string, heading: string): Promise<string> {
    const commands = runbookCommands(name, heading, this.variables);
    if (commands.length === 0) throw new Error(`${name}, ${heading}: must have commands, got none`);
    return this.runCommands(commands);
  }

  /** Runs commands one after the other, until one fails. */
  async runCommands(commands: readonly string[]): Promise<string> {
    let shown = "";
    for (const command of commands) shown += await this.runCommand(command);
    return shown;
  }

  private async runCommand(command: string): Promise<string> {
    if (command.startsWith("pulumi ")) return this.runPulumi(await wordsOf(command.replace("pulumi ", "")));
    const env = { ...process.env, KUBECONFIG: kubeconfig, PATH: `${bin}:${process.env.PATH}`, MAKEFLAGS: "--silent" };
    return run("bash", ["-c", command], { cwd: project, env });
  }

  private async runPulumi(words: readonly string[]): Promise<string> {
    const at = words.indexOf("-s");
    const stack = words[at + 1]!;
    const args = words.filter((_, i) => i !== at && i !== at + 1);
    if (args[0] === "config") return this.configure(stack, args.slice(1));
    const options = { config: this.config[stack] ?? {} };
    return pulumi(stack, args[0] === "up" ? [...args, "--yes", "--skip-preview"] : args, options);
  }

  private configure(stack: string, [verb, ...args]: readonly string[]): string {
    const [key, value] = args.filter((word) => !word.startsWith("--"));
    // A value on stdin is a secret; the embedded platform sets the store's keys itself.
    if (verb === "set" && value === undefined) return "";
    const before = this.config[stack] ?? {};
    this.config[stack] =
      verb === "rm"
        ? Object.fromEntries(Object.entries(before).filter(([name]) => name !== key))
        : merge(before, nested(key!.split("."), parsed(value!)));
    return "";
  }
}

/** Splits a command into words, as a shell does. */
const wordsOf = async (command: string) =>
  (await run("bash", ["-c", `printf '%s\\n' ${command}`])).trimEnd().split("\n");

const nested = ([key, ...path]: readonly string[], value: unknown): Config => ({
  [key!]: path.length === 0 ? value : nested(path, value),
});

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
