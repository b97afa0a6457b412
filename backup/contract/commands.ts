/** Commands of the tools. A command is the argument of its container, which is named after it. */
export const COMMANDS = [
  "dump",
  "verify",
  "rotate",
  "copy",
  "list",
  "plan",
  "takeover",
  "validate",
  "report",
  "drill",
  "drill-end",
  "drills",
  "beside",
  "undo",
  "fence",
  "unfence",
  "watch",
] as const;

export type Command = (typeof COMMANDS)[number];

/** Programs in the image of the tools. */
export const PROGRAMS = { tools: "/app/backup/main.ts", throwawayServer: "/app/backup/scratch.sh" } as const;

/** Port at which the command `watch` serves its metrics and its health. */
export const METRICS_PORT = 9090;
