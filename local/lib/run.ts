import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Everything the command prints goes here too. */
  readonly log?: string;
  /** Print what the command prints as it comes. @default false */
  readonly show?: boolean;
}

/** A command failed: the message holds its name, exit code and last lines. */
export class CommandError extends Error {
  readonly code: number;
  /** What it printed, the last 64 kB of it. */
  readonly output: string;
  constructor(message: string, code: number, output = "") {
    super(message);
    this.code = code;
    this.output = output;
  }
}

const tail = (text: string, lines: number) => text.trimEnd().split("\n").slice(-lines).join("\n");

/** Runs a command without a shell and answers what it wrote to stdout. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    let log: ReturnType<typeof createWriteStream> | undefined;
    if (options.log !== undefined) {
      mkdirSync(path.dirname(options.log), { recursive: true });
      log = createWriteStream(options.log, { flags: "a" });
    }
    let out = "";
    let all = "";
    const take = (chunk: Buffer, stream: NodeJS.WriteStream) => {
      all = (all + chunk.toString()).slice(-64_000);
      log?.write(chunk);
      if (options.show) stream.write(chunk);
    };
    child.stdout!.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      take(chunk, process.stdout);
    });
    child.stderr!.on("data", (chunk: Buffer) => take(chunk, process.stderr));
    if (options.input !== undefined) child.stdin!.on("error", () => {}).end(options.input);
    child.on("error", (error) => reject(new CommandError(`${command}: ${error.message}`, 127)));
    child.on("close", (code, signal) => {
      log?.end();
      if (code === 0) return resolve(out);
      const where = options.log === undefined ? "" : `\n(all of it: ${options.log})`;
      const why = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const shown = options.show ? "" : `\n${tail(all, 20)}${where}`;
      reject(
        new CommandError(`${path.basename(command)} ${args.slice(0, 3).join(" ")}: ${why}${shown}`, code ?? 128, all),
      );
    });
  });
}

/** Whether a command succeeds; what it prints is dropped. */
export const succeeds = (command: string, args: readonly string[], options: RunOptions = {}) =>
  run(command, args, options).then(
    () => true,
    () => false,
  );
