import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

interface Options {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** File for everything that the command prints. */
  readonly log: string;
  /** Whether the output is also printed as it comes. */
  readonly show: boolean;
}

const running = new Set<number>();
let ending = false;
/** Never resolves, because an interrupted run has no result. */
const never = () => new Promise<number>(() => {});

/** Runs a command in its own session, so that it can be ended with everything it started. Returns its exit code. */
export async function execute([command, ...args]: readonly string[], options: Options): Promise<number> {
  if (ending) return never();
  const log = createWriteStream(options.log);
  const child = spawn(command!, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  if (child.pid !== undefined) running.add(child.pid);
  for (const [from, to] of [[child.stdout, process.stdout] as const, [child.stderr, process.stderr] as const])
    from.on("data", (chunk: Buffer) => {
      log.write(chunk);
      if (options.show) to.write(chunk);
    });
  const code = await new Promise<number>((resolve) => {
    child.once("error", (error) => {
      log.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    // The pipe may never close: a server that a test has left running holds it open.
    child.once("exit", (exitCode, signal) => {
      const end = () => resolve(signal === null ? exitCode! : 128);
      child.once("close", end);
      setTimeout(end, 2000).unref();
    });
  });
  if (child.pid !== undefined) running.delete(child.pid);
  child.stdout.destroy();
  child.stderr.destroy();
  log.end();
  await finished(log);
  return ending ? never() : code;
}

const alive = (group: number) => {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
};

/** Sends a signal to every running session. */
function signal(name: NodeJS.Signals): void {
  for (const group of running) if (alive(group)) process.kill(-group, name);
}

/** Ends every command and what it started, by SIGINT and later SIGKILL, and lets no other command start. */
export async function endAll(patienceSeconds = 10): Promise<void> {
  ending = true;
  signal("SIGINT");
  const deadline = Date.now() + patienceSeconds * 1000;
  while ([...running].some(alive) && Date.now() < deadline) await new Promise((next) => setTimeout(next, 100));
  signal("SIGKILL");
}
