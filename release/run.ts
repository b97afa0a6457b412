import { CommandError, NotStarted, run as runCommand } from "../tooling/run.ts";

/** Runs a command without a shell and answers what it printed; its own complaint is the error. */
export async function run(command: string, ...args: string[]): Promise<string> {
  try {
    return (await runCommand(command, args)).trim();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error instanceof NotStarted)
      throw new Error(`${command}: is not installed; install it and put it on the PATH`, { cause: error });
    const { code, stderr } = error;
    const stated = /^Error: (.*)$/m.exec(stderr)?.[1] ?? stderr.trim().split("\n").at(-1);
    throw new Error(`${command} ${args[0] ?? ""}: ${stated || `exit code ${code}`}`, { cause: error });
  }
}

export const succeeds = (command: string, ...args: string[]): Promise<boolean> =>
  run(command, ...args).then(
    () => true,
    () => false,
  );
