import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";

const children = new Set<ChildProcess>();
const graceMilliseconds = 4000;

/** Runs a script with Node; the child ends with the host. */
export function startNode(args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(process.execPath, args, options);
  children.add(child);
  child.on("close", () => children.delete(child));
  return child;
}

/** Sends SIGINT as Ctrl-C does, so that a program can end in order, and kills what is left after the grace time. */
export function interrupt(child: ChildProcess): void {
  child.kill("SIGINT");
  setTimeout(() => child.kill("SIGKILL"), graceMilliseconds).unref();
}

export const interruptAll = (): void => children.forEach(interrupt);
/** Kills all children; for the end of the host, when no timer runs any more. */
export const killAll = (): void => children.forEach((child) => void child.kill("SIGKILL"));
