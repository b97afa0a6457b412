import { spawn } from "node:child_process";
import { project } from "../../local/lib/paths.ts";
import { pulumi } from "../../local/stack/pulumi.ts";
import { until } from "./site.ts";

/** Starts `pulumi up` of a stack, and kills its whole process group once `reached` answers true, as a lost machine would. */
export async function killUpDuring(
  stack: string,
  config: Record<string, unknown>,
  reached: () => Promise<boolean>,
): Promise<void> {
  const script = `
    const { pulumi } = await import(${JSON.stringify(`${project}/local/stack/pulumi.ts`)});
    await pulumi(${JSON.stringify(stack)}, ["up", "--yes", "--skip-preview"], { config: ${JSON.stringify(config)} });
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    detached: true,
    stdio: "ignore",
    cwd: project,
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    await until("the update under way", 300, async () => {
      if (child.exitCode !== null)
        throw new Error(`the update of ${stack} ended with ${child.exitCode} before it was killed`);
      return reached();
    });
  } finally {
    if (child.exitCode === null) process.kill(-child.pid!, "SIGKILL");
    await ended;
  }
  await pulumi(stack, ["cancel", "--yes"]).catch(() => {});
}
