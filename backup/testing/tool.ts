import { spawn } from "node:child_process";
import path from "node:path";

const main = path.join(import.meta.dirname, "../main.ts");

export interface Ended {
  readonly code: number | null;
  /** What people read. */
  readonly said: string;
  readonly answered: string;
}

/** Runs one command of the tools as its container does: in a process of its own, told by its environment alone. */
export function tool(command: string, env: NodeJS.ProcessEnv, args: readonly string[] = []): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, command, ...args], {
      env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"], ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [said, answered] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (answered += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.once("error", reject).once("close", (code) => resolve({ code, said, answered }));
  });
}
