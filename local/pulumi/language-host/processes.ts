import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";

const children = new Set<ChildProcess>();
const graceMilliseconds = 4000;

/** Starts Node on a script; the child dies with the host. */
export function startNode(args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(process.execPath, args, options);
  children.add(child);
  child.on("close", () => children.delete(child));
  return child;
}

/** Interrupts as Ctrl-C would, so that a program can end in order, and kills what is left after the grace time. */
export function interrupt(child: ChildProcess): void {
  child.kill("SIGINT");
  setTimeout(() => child.kill("SIGKILL"), graceMilliseconds).unref();
}

export const interruptAll = (): void => children.forEach(interrupt);
/** For the host's own end, when no timer would run any more. */
export const killAll = (): void => children.forEach((child) => void child.kill("SIGKILL"));
