import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { PASSING, TERMINATED } from "./contract/exit-codes.ts";
import { VARIABLES } from "./contract/variables.ts";
import { say } from "./progress.ts";

const FIRST_SECONDS = 10;
const LONGEST_SECONDS = 360;

/** Seconds before the next try: as long as a Job would wait before its next pod. */
export const secondsAfter = (tries: number) => Math.min(FIRST_SECONDS * 2 ** (tries - 1), LONGEST_SECONDS);

/**
 * Runs a command up to `tries` times and returns its exit code, as a shell would: 128 and more for a signal. Each try is a process of its
 * own, so that nothing of a failed try goes on beside the next one. Failures that may pass are retried here and not by the Job, so that a
 * failed Job is final and the update that waits for it ends at once.
 */
export async function inTries(
  args: readonly string[],
  tries: number,
  { unitMs = 1000 }: { readonly unitMs?: number } = {},
): Promise<number> {
  let running: ChildProcess | undefined;
  // Needed because the first process of a container receives only the signals that it handles.
  const end = () => {
    if (running) running.kill("SIGTERM");
    else process.exit(TERMINATED);
  };
  process.on("SIGTERM", end);
  try {
    for (let done = 1; ; done++) {
      const status = await statusOf((running = start(args)));
      running = undefined;
      if (done === tries || !PASSING.includes(status)) return status;
      const seconds = secondsAfter(done);
      say(`try ${done} of ${tries} has failed; the next one is in ${seconds} s`);
      await sleep(seconds * unitMs);
    }
  } finally {
    process.removeListener("SIGTERM", end);
  }
}

const start = (args: readonly string[]) =>
  spawn(process.execPath, args, { stdio: "inherit", env: { ...process.env, [VARIABLES.tries.name]: "" } });

const statusOf = (child: ChildProcess) =>
  new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (signal === "SIGKILL")
        say("killed in the middle: raise the memory of acci:backups.resources if that was the limit");
      resolve(code ?? 128 + constants.signals[signal!]);
    });
  });
