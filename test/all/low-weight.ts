import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * CPU shares in control groups version 1, where the default is 1024: little while others need the processor, enough for a server to answer
 * in time; all of it otherwise.
 */
const SHARES = "512";
/** The same in control groups version 2, where the default is 100. */
const WEIGHT = "50";

/**
 * A control group of low CPU weight, for suites that run beside those of the cluster. The group contains everything a process starts, in
 * whatever session. Priorities do not: the kernel weighs sessions, and a database server begins a new one.
 */
export class LowWeight {
  private readonly folder: string | undefined;

  constructor(name: string, root = "/sys/fs/cgroup") {
    this.folder = [
      [path.join(root, "cpu", name), "cpu.shares", SHARES] as const,
      [path.join(root, name), "cpu.weight", WEIGHT] as const,
    ].find(([folder, file, value]) => made(folder, file, value))?.[0];
  }

  /** A command that enters the group and then executes the given one. Without a group, its session gets a low weight. */
  wrap(command: readonly string[]): string[] {
    const enter = this.folder
      ? `echo $$ > ${path.join(this.folder, "cgroup.procs")}`
      : "{ echo 6 > /proc/self/autogroup; } 2>/dev/null; renice -n 6 $$ > /dev/null";
    return ["bash", "-c", `${enter}; exec "$@"`, "bash", ...command];
  }

  /** Kills the processes that suites have left running, and removes the group. */
  end(): void {
    if (!this.folder) return;
    const processes = readFileSync(path.join(this.folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean);
    for (const pid of processes) quietly(() => process.kill(Number(pid), "SIGKILL"));
    // The folder stays while a process in it is still ending; an empty group does no harm.
    quietly(() => rmdirSync(this.folder!));
  }
}

/** Runs `work`, ignoring its error, because its object may be gone already. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // It was gone.
  }
}

function made(folder: string, file: string, value: string): boolean {
  if (!existsSync(path.dirname(folder))) return false;
  try {
    mkdirSync(folder, { recursive: true });
    if (existsSync(path.join(folder, file))) {
      writeFileSync(path.join(folder, file), value);
      return true;
    }
    rmdirSync(folder);
  } catch {
    // The group cannot be made here, so the caller tries the other version.
  }
  return false;
}
