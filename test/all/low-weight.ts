import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Of 1024, which everybody else has: little while somebody wants the processor, but enough for a server to answer in time; all of it otherwise. */
const SHARES = "512";
/** The same in the second version of control groups, of 100. */
const WEIGHT = "50";

/**
 * A control group of low weight for suites that run beside the cluster's. It holds what a process starts, in a session of its own or not,
 * which priorities do not: the kernel weighs sessions, and a database server begins one.
 */
export class LowWeight {
  private readonly folder: string | undefined;

  constructor(name: string, root = "/sys/fs/cgroup") {
    this.folder = [
      [path.join(root, "cpu", name), "cpu.shares", SHARES] as const,
      [path.join(root, name), "cpu.weight", WEIGHT] as const,
    ].find(([folder, file, value]) => made(folder, file, value))?.[0];
  }

  /** A command that enters the group and then is the given one. Where there is no group, its own session gets a low weight. */
  wrap(command: readonly string[]): string[] {
    const enter = this.folder
      ? `echo $$ > ${path.join(this.folder, "cgroup.procs")}`
      : "{ echo 6 > /proc/self/autogroup; } 2>/dev/null; renice -n 6 $$ > /dev/null";
    return ["bash", "-c", `${enter}; exec "$@"`, "bash", ...command];
  }

  /** Ends what suites have left running, and removes the group. */
  end(): void {
    if (!this.folder) return;
    const processes = readFileSync(path.join(this.folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean);
    for (const pid of processes) quietly(() => process.kill(Number(pid), "SIGKILL"));
    // Whoever is still ending keeps the folder, which does no harm when it is empty.
    quietly(() => rmdirSync(this.folder!));
  }
}

/** What may be gone already. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // It is.
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
    // Not ours to make.
  }
  return false;
}
