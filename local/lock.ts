import { mkdirSync } from "node:fs";
import { spawn } from "node:child_process";
import { inState, state } from "./lib/paths.ts";

/** Locks the platform until this process ends, however it ends: a child holds the kernel's lock and ends when its input closes. */
export async function takePlatform(): Promise<void> {
  mkdirSync(state, { recursive: true });
  const child = spawn(
    "flock",
    ["--nonblock", "--conflict-exit-code", "75", inState("lock"), "sh", "-c", "echo taken; exec cat"],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const answer = await new Promise<boolean>((resolve) => {
    child.stdout.once("data", () => resolve(true));
    child.once("exit", () => resolve(false));
  });
  if (!answer) throw new Error("platform: another `make up`, `down` or `clean` is running; wait for it or stop it");
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  (child.stdout as unknown as { unref(): void }).unref();
}
