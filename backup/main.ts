/** `node backup/main.ts <command>`: runs one step of a backup or of a restore, with settings from the environment. */
import { restoreCopyCommand } from "./commands/restore-copy.ts";
import { copyCommand } from "./commands/copy.ts";
import { drillCommand, drillEndCommand } from "./commands/drill.ts";
import { drillsCommand } from "./commands/drills.ts";
import { dumpCommand } from "./commands/dump.ts";
import { demoteCommand, promoteCommand } from "./commands/demote.ts";
import { listCommand } from "./commands/list.ts";
import { planCommand, reportCommand } from "./commands/report.ts";
import { pruneCommand } from "./commands/prune.ts";
import { failoverCommand } from "./commands/failover.ts";
import { failoverUndoCommand } from "./commands/failover-undo.ts";
import { smokeTestCommand } from "./commands/smoke-test.ts";
import { rolloutCommand } from "./commands/rollout.ts";
import { rolloutFinishCommand } from "./commands/rollout-finish.ts";
import { rolloutsCommand } from "./commands/rollouts.ts";
import { switchedBackCommand } from "./commands/switched-back.ts";
import { verifyCommand } from "./commands/verify.ts";
import { agentCommand } from "./commands/agent.ts";
import type { Command } from "./contract/commands.ts";
import { BackupError } from "./errors.ts";
import { asFailure } from "./failure.ts";
import { say } from "./progress.ts";
import { read, type Settings } from "./settings.ts";
import { inTries } from "./tries.ts";

const commands: Readonly<Record<Command, (settings: Settings, args: readonly string[]) => Promise<void>>> = {
  dump: dumpCommand,
  verify: verifyCommand,
  prune: pruneCommand,
  copy: copyCommand,
  list: listCommand,
  plan: planCommand,
  failover: failoverCommand,
  "smoke-test": smokeTestCommand,
  rollout: rolloutCommand,
  "rollout-finish": rolloutFinishCommand,
  "switched-back": switchedBackCommand,
  rollouts: rolloutsCommand,
  report: reportCommand,
  drill: drillCommand,
  "drill-end": drillEndCommand,
  drills: drillsCommand,
  "restore-copy": restoreCopyCommand,
  "failover-undo": failoverUndoCommand,
  demote: demoteCommand,
  promote: promoteCommand,
  agent: agentCommand,
};

const [name = "", ...args] = process.argv.slice(2);
try {
  const command = Object.hasOwn(commands, name) ? commands[name as Command] : undefined;
  if (!command)
    throw new BackupError(
      "input",
      `command: must be one of ${Object.keys(commands).join(", ")}, got ${name || "nothing"}`,
    );
  const settings = read(process.env);
  const { tries } = settings;
  if (tries) process.exit(await inTries([import.meta.filename, name, ...args], tries));
  await command(settings, args);
} catch (error) {
  const failure = asFailure(error as Error);
  say(`${name}: ${failure.message}`);
  // A bug is printed with its stack, because the place matters.
  if (failure.kind === "bug") say((error as Error).stack ?? "");
  // Ends the process at once, because work in progress must not go on when the lease is lost.
  process.exit(failure.exitCode);
}
