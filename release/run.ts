import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs a command without a shell and answers what it printed; its own complaint is the error. */
export async function run(command: string, ...args: string[]): Promise<string> {
  try {
    return (await execute(command, args, { maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
  } catch (error) {
    const { code, stderr = "" } = error as { code?: string | number; stderr?: string };
    if (code === "ENOENT")
      throw new Error(`${command}: is needed, got no such command; install it and put it on the PATH`, {
        cause: error,
      });
    const stated = /^Error: (.*)$/m.exec(stderr)?.[1] ?? stderr.trim().split("\n").at(-1);
    throw new Error(`${command} ${args[0] ?? ""}: ${stated || `exit code ${code}`}`, { cause: error });
  }
}

export const succeeds = (command: string, ...args: string[]): Promise<boolean> =>
  run(command, ...args).then(
    () => true,
    () => false,
  );
