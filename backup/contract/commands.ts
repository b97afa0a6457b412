/** Commands of the tools. A command is the argument of its container, which is named after it. */
export const COMMANDS = [
  "dump",
  "verify",
  "prune",
  "copy",
  "list",
  "plan",
  "failover",
  "smoke-test",
  "rollout",
  "rollout-finish",
  "switched-back",
  "rollouts",
  "report",
  "drill",
  "drill-end",
  "drills",
  "restore-copy",
  "failover-undo",
  "demote",
  "promote",
  "agent",
] as const;

export type Command = (typeof COMMANDS)[number];

/** Programs in the image of the tools. */
export const PROGRAMS = {
  tools: "/app/backup/main.ts",
  verificationServer: "/app/backup/verification-server.sh",
} as const;

/** Port at which the command `agent` serves its metrics and its health. */
export const METRICS_PORT = 9090;
