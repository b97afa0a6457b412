import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { inState, state } from "./lib/paths.ts";

/** Longest wait for another process: longer than any image or tool takes to build. */
const PATIENCE_SECONDS = 1800;
/** Whether this process holds the lock until it ends. */
let taken = false;
/** The last work of this process; new work waits for it. */
let turn: Promise<unknown> = Promise.resolve();

/** Locks the platform until this process ends, however it ends. Throws when another process holds the lock. */
export async function takePlatform(): Promise<void> {
  if (!(await lock("--nonblock")))
    throw new Error("platform: another `make up`, `down` or `clean` is running; wait for it or stop it");
  taken = true;
}

/** Runs `work` under the lock. Waits, with a message, when another process holds it. */
export async function withPlatform<T>(work: () => Promise<T>): Promise<T> {
  if (taken) return work();
  const mine = turn.then(async () => {
    const unlock = (await lock("--nonblock")) ?? (await wait());
    try {
      return await work();
    } finally {
      await unlock();
    }
  });
  turn = mine.catch(() => undefined);
  return mine;
}

async function wait(): Promise<() => Promise<void>> {
  process.stderr.write("waiting for another command that builds for the platform\n");
  const unlock = await lock("--timeout", String(PATIENCE_SECONDS));
  if (!unlock) throw new Error(`platform: another command has been at work for ${PATIENCE_SECONDS} s; stop it`);
  return unlock;
}

/**
 * Takes the lock and returns the function that releases it; undefined when another process holds it. A child process holds the lock for the
 * kernel and ends when its input closes, so the lock never outlives this process.
 */
async function lock(...patience: string[]): Promise<(() => Promise<void>) | undefined> {
  mkdirSync(state, { recursive: true });
  const args = [...patience, inState("lock"), "sh", "-c", "echo taken; exec cat"];
  const child = spawn("flock", args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  const isOurs = await Promise.race([
    new Promise<boolean>((resolve) => child.stdout.once("data", () => resolve(true))),
    ended.then(() => false),
  ]);
  if (!isOurs) return undefined;
  const handles = [child, child.stdin, child.stdout] as unknown as { ref(): void; unref(): void }[];
  for (const handle of handles) handle.unref();
  return () => {
    // Waited for again: a process with nothing else to do would end before its next step.
    for (const handle of handles) handle.ref();
    child.stdin.end();
    return ended;
  };
}
