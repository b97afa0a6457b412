import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** File that the output is appended to. */
  readonly log?: string;
  /** Whether the output is printed as it comes. @default false */
  readonly show?: boolean;
  /** Sends SIGTERM to the command when aborted, so that it can clean up; `run` waits for its end. The exit of this process sends it too. */
  readonly signal?: AbortSignal;
  /** Sends SIGTERM after this many seconds without output. @default - no limit */
  readonly silenceSeconds?: number;
}

/** A command failed. The message has its name, exit code and last lines. */
export class CommandError extends Error {
  readonly code: number;
  /** The last 64,000 characters of stdout and stderr together. */
  readonly output: string;
  /** The last 64,000 characters of stderr. */
  readonly stderr: string;
  constructor(message: string, code: number, output = "", stderr = "") {
    super(message);
    this.code = code;
    this.output = output;
    this.stderr = stderr;
  }
}

/** The program does not exist or is not executable. Its code is 127, as a shell's. */
export class NotStarted extends CommandError {
  /** The operating system's error message. */
  readonly reason: string;
  constructor(command: string, reason: string) {
    super(`${command}: ${reason}`, 127);
    this.reason = reason;
  }
}

/** Characters of output that an error keeps. */
const KEPT = 64_000;

const tail = (text: string, lines: number) => text.trimEnd().split("\n").slice(-lines).join("\n");

/** Sends SIGTERM to a child when the signal aborts or this process exits. Returns the function that removes both listeners. */
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

/** Sends SIGTERM to a child after `seconds` without output. `heard` restarts the timer; `stop` cancels it when the child has ended. */
function endedBySilence(child: ChildProcess, seconds: number | undefined) {
  let isOver = false;
  const end = () => (isOver = child.kill("SIGTERM"));
  const timer = seconds === undefined ? undefined : setTimeout(end, seconds * 1000);
  return { heard: () => void timer?.refresh(), stop: () => clearTimeout(timer), isOver: () => isOver };
}

/** Runs a command without a shell and returns its stdout. */
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

/** Whether a command succeeds; its output is dropped. */
export const succeeds = (command: string, args: readonly string[], options: RunOptions = {}) =>
  run(command, args, options).then(
    () => true,
    () => false,
  );
