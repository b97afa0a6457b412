/** `node ops/cli.ts <command> <stack> [arguments]`: daily work on the site of a stack, with kubectl and helm. */
import { ExecaError } from "execa";
import {
  createBackup,
  copyOffsite,
  demote,
  listBackups,
  listDrills,
  listRollouts,
  promote,
  runDrill,
  undoFailover,
} from "./backup.ts";
import { dropReplaced } from "./drop-replaced.ts";
import { dump } from "./dump.ts";
import { logs } from "./logs.ts";
import { portForward } from "./port-forward.ts";
import { psql } from "./psql.ts";
import { recoverTable } from "./recover.ts";
import { dropCopy, restore } from "./restore.ts";
import { history, rollback } from "./rollback.ts";
import { runbook } from "./runbook.ts";
import { shell } from "./shell.ts";
import { siteOf, type Site } from "./site.ts";
import { switchBack } from "./switch-back.ts";
import { trace } from "./trace.ts";

const commands: Record<string, (site: Site, args: readonly string[]) => unknown> = {
  logs,
  shell,
  "port-forward": portForward,
  psql,
  trace,
  // Loaded when it is wanted, because it reads the rules of all alerts.
  dashboards: async (site, args) => (await import("./dashboards.ts")).dashboards(site, args),
  "backup-create": createBackup,
  "backup-list": listBackups,
  "offsite-copy": copyOffsite,
  "drill-run": runDrill,
  "drill-list": listDrills,
  "site-demote": demote,
  "site-promote": promote,
  "failover-undo": undoFailover,
  "database-dump": dump,
  "database-restore": restore,
  "database-drop-copy": dropCopy,
  "database-drop-replaced": dropReplaced,
  "table-recover": recoverTable,
  "rollout-list": listRollouts,
  history,
  rollback,
  "switch-back": switchBack,
  runbook,
};

/** What a failed kubectl or helm wrote to stderr, unless the terminal has shown it; execa's own message repeats the many arguments. */
function reasonOf(error: unknown): string {
  if (!(error instanceof ExecaError)) return (error as Error).message;
  const { stderr = "" } = error as { stderr?: string };
  return (
    stderr.trim() || (error.originalMessage ?? `${error.command.split(" ")[0]!} ended with exit code ${error.exitCode}`)
  );
}

const [name = "", stack = "", ...args] = process.argv.slice(2);
try {
  const command = commands[name];
  if (command === undefined)
    throw new Error(`command: must be one of ${Object.keys(commands).join(", ")}, got ${name || "nothing"}`);
  await command(siteOf(stack), args);
} catch (error) {
  console.error(`${name}: ${reasonOf(error)}`);
  process.exitCode = 1;
}
