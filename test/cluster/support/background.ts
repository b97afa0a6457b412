import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { inState } from "../../../local/lib/paths.ts";
import { project } from "../../../tooling/paths.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { until } from "./site.ts";

/** A process and its descendants, Pulumi's plugins and their children included, which are in other process groups. */
function treeOf(root: number): number[] {
  const parents = execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (pid: number): number[] => [
    pid,
    ...parents.filter(([, parent]) => parent === pid).flatMap(([child]) => below(child)),
  ];
  return below(root);
}

/** Kills the youngest process first, so that none can notice that its parent is gone, and clean up. */
const killTree = (root: number) => execFileSync("kill", ["-KILL", ...treeOf(root).reverse().map(String)]);

/** Starts `pulumi up` of a stack, and kills all its processes once `reached` returns true, as the loss of the machine would. */
export async function killUpDuring(
  stack: string,
  config: Record<string, unknown>,
  reached: () => Promise<boolean>,
): Promise<void> {
  const script = `
    const { pulumi } = await import(${JSON.stringify(`${project}/local/stack/pulumi.ts`)});
    await pulumi(${JSON.stringify(stack)}, ["up", "--yes", "--skip-preview"], { config: ${JSON.stringify(config)} });
  `;
  const log = inState("log", "killed-up.log");
  const output = openSync(log, "w");
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    detached: true,
    stdio: ["ignore", output, output],
    cwd: project,
  });
  closeSync(output);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const early = ended.then(() => {
    throw new Error(`the update of ${stack} ended before it was killed:\n${readFileSync(log, "utf8")}`);
  });
  try {
    await Promise.race([until("the update under way", 300, reached), early]);
  } finally {
    early.catch(() => {});
    if (child.exitCode === null && child.signalCode === null) killTree(child.pid!);
    await ended;
  }
  await pulumi(stack, ["cancel", "--yes"]).catch(() => {});
}
