/** `node ops/cli.ts <command> <stack> [arguments]`: daily work on the site of a stack, with kubectl and helm. */
import { ExecaError } from "execa";
import { dump } from "./dump.ts";
import { logs } from "./logs.ts";
import { portForward } from "./port-forward.ts";
import { psql } from "./psql.ts";
import { dropScratch, restore } from "./restore.ts";
import { history, rollback } from "./rollback.ts";
import { shell } from "./shell.ts";
import { siteOf, type Site } from "./site.ts";

const commands: Record<string, (site: Site, args: readonly string[]) => Promise<unknown>> = {
  logs,
  shell,
  "port-forward": portForward,
  psql,
  dump,
  restore,
  "drop-scratch": dropScratch,
  history,
  rollback,
};

const [name = "", stack = "", ...args] = process.argv.slice(2);
try {
  const command = commands[name];
  if (command === undefined)
    throw new Error(`command: must be one of ${Object.keys(commands).join(", ")}, got ${name || "nothing"}`);
  await command(siteOf(stack), args);
} catch (error) {
  // A command that failed has said why on the terminal it shares; its arguments are noise to whoever typed a shorter one.
  const why =
    error instanceof ExecaError
      ? `${error.originalMessage ?? `${error.command.split(" ")[0]!}: exit code ${error.exitCode}`}`
      : (error as Error).message;
  console.error(`${name}: ${why}`);
  process.exitCode = 1;
}
