import { spawn, type ChildProcess } from "node:child_process";
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
  /** Ends the command by SIGTERM, so that it can put things right; its end is waited for. The end of this process does the same. */
  readonly signal?: AbortSignal;
  /** Ends the command after so many seconds in which it has printed nothing. @default - it may be silent */
  readonly silenceSeconds?: number;
}

/** A command failed: the message holds its name, exit code and last lines. */
export class CommandError extends Error {
  readonly code: number;
  /** What it printed, the last 64 kB of it. */
  readonly output: string;
  /** The part of it that went to stderr. */
  readonly stderr: string;
  constructor(message: string, code: number, output = "", stderr = "") {
    super(message);
    this.code = code;
    this.output = output;
    this.stderr = stderr;
  }
}

/** A program does not exist or may not be run. Its code is what a shell gives for that. */
export class NotStarted extends CommandError {
  /** In the system's words. */
  readonly reason: string;
  constructor(command: string, reason: string) {
    super(`${command}: ${reason}`, 127);
    this.reason = reason;
  }
}

/** Characters of an output that an error holds. */
const KEPT = 64_000;

const tail = (text: string, lines: number) => text.trimEnd().split("\n").slice(-lines).join("\n");

/** Ends a child when the signal says so. Answers what gives up on that, to be called when the child has ended. */
function endedWith(child: ChildProcess, signal: AbortSignal | undefined): () => void {
  if (signal === undefined) return () => {};
  const end = () => void child.kill("SIGTERM");
  if (signal.aborted) end();
  signal.addEventListener("abort", end);
  process.once("exit", end);
  return () => {
    signal.removeEventListener("abort", end);
    process.removeListener("exit", end);
  };
}

/** Ends a child that says nothing for too long. `heard` starts the time anew, `stop` is for its end. */
function endedBySilence(child: ChildProcess, seconds: number | undefined) {
  let isOver = false;
  const end = () => (isOver = child.kill("SIGTERM"));
  const timer = seconds === undefined ? undefined : setTimeout(end, seconds * 1000);
  return { heard: () => void timer?.refresh(), stop: () => clearTimeout(timer), isOver: () => isOver };
}

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
    const stop = endedWith(child, options.signal);
    const silence = endedBySilence(child, options.silenceSeconds);
    let out = "";
    let all = "";
    let stderr = "";
    const take = (chunk: string, stream: NodeJS.WriteStream) => {
      silence.heard();
      all = (all + chunk).slice(-KEPT);
      log?.write(chunk);
      if (options.show) stream.write(chunk);
    };
    child.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
      out += chunk;
      take(chunk, process.stdout);
    });
    child.stderr!.setEncoding("utf8").on("data", (chunk: string) => {
      stderr = (stderr + chunk).slice(-KEPT);
      take(chunk, process.stderr);
    });
    if (options.input !== undefined) child.stdin!.on("error", () => {}).end(options.input);
    child.on("error", (error) => reject(new NotStarted(command, error.message)));
    child.on("close", (code, signal) => {
      stop();
      silence.stop();
      log?.end();
      if (code === 0) return resolve(out);
      const where = options.log === undefined ? "" : `\n(all of it: ${options.log})`;
      const ended = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const why = silence.isOver() ? `no output for ${options.silenceSeconds} s` : ended;
      const shown = options.show ? "" : `\n${tail(all, 20)}${where}`;
      reject(
        new CommandError(
          `${path.basename(command)} ${args.slice(0, 3).join(" ")}: ${why}${shown}`,
          code ?? 128,
          all,
          stderr,
        ),
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
