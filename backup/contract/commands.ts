/** What the tools can be asked to do: the argument of their container, which is named like it. */
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

/** Where the command `watch` serves its metrics and its health. */
export const METRICS_PORT = 9090;
