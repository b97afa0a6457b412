import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { inState, state } from "./lib/paths.ts";

/** How long to wait for another process: longer than any image or tool takes to build. */
const PATIENCE_SECONDS = 1800;
/** Exit code of flock when somebody else has the lock. */
const CONFLICT = 75;

/** Whether this process has the platform until it ends. */
let taken = false;
/** Work of this process takes turns. */
let turn: Promise<unknown> = Promise.resolve();

/** Takes the platform for this process until it ends, however it ends. Throws when another process has it. */
export async function takePlatform(): Promise<void> {
  if (!(await lock("--nonblock")))
    throw new Error("platform: another `make up`, `down` or `clean` is running; wait for it or stop it");
  taken = true;
}

/** Works while no other process changes the platform; waits for one that does, saying so. */
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
 * Takes the lock and answers how to give it back, or nothing when another process has it. The kernel holds the lock for a child process that
 * ends when its input closes, so that it never outlives this process.
 */
async function lock(...patience: string[]): Promise<(() => Promise<void>) | undefined> {
  mkdirSync(state, { recursive: true });
  const args = [
    ...patience,
    "--conflict-exit-code",
    String(CONFLICT),
    inState("lock"),
    "sh",
    "-c",
    "echo taken; exec cat",
  ];
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
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref(): void }).unref();
  return () => {
    child.stdin.end();
    return ended;
  };
}
