/** When a file of cluster tests may run. */
export type Lane =
  /** Beside the suites that need no cluster. */
  | "shared"
  /** With nothing beside it: it lets no request fail and no second be lost, which a busy machine would. */
  | "load"
  /** After everything else: it stops the platform, or takes the dev stack away. */
  | "shutdown";

export interface Part {
  /** Below `test/cluster`, without `.test.ts`. */
  readonly file: string;
  readonly lane: Lane;
  /** What it finds when the files before it ran. Without them it makes that itself, which takes minutes. */
  readonly finds?: string;
}

/**
 * The files in the order in which they run on the one cluster there is. Each needs the dev stack as `make up` leaves it and what it makes
 * itself, and leaves that stack as it was.
 */
export const ORDER: readonly Part[] = [
  { file: "dev/deployment", lane: "shared" },
  { file: "dev/official-plugins", lane: "shared" },
  { file: "dev/convergence", lane: "shared" },
  { file: "dev/secrets", lane: "shared" },
  { file: "dev/network", lane: "shared" },
  { file: "dev/limits", lane: "shared" },
  { file: "dev/gateway", lane: "shared" },
  { file: "dev/route", lane: "shared" },
  { file: "dev/commands", lane: "shared" },
  { file: "dev/alerts", lane: "shared" },
  { file: "dev/failures", lane: "shared" },
  { file: "backups/backups", lane: "shared" },
  { file: "backups/offsite", lane: "shared" },
  { file: "backups/point-in-time", lane: "shared" },
  { file: "runbooks/loss-of-table", lane: "shared" },
  { file: "runbooks/loss-of-database", lane: "shared" },
  { file: "dev/interruption", lane: "shared" },
  { file: "runbooks/loss-of-secrets", lane: "shared" },
  { file: "dev/jobs", lane: "shared" },
  { file: "production/previews", lane: "shared" },
  { file: "dev/rollouts", lane: "load" },
  { file: "production/production", lane: "load" },
  { file: "production/dumps", lane: "load", finds: "prod, as production leaves it" },
  { file: "production/loss-of-site", lane: "load", finds: "prod and its second application, as dumps leaves them" },
  { file: "platform/platform", lane: "shutdown" },
  { file: "platform/destroy", lane: "shutdown" },
];

/** The paths of a lane's files, from the project's folder. */
export const pathsOf = (lane: Lane): string[] =>
  ORDER.filter((part) => part.lane === lane).map(({ file }) => `test/cluster/${file}.test.ts`);
