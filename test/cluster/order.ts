/** Group of cluster test files, by what may run beside them; in the order in which they run. */
export type Lane =
  /** Runs beside the suites that need no cluster. */
  | "shared"
  /** Runs alone, because it allows no failed request and no lost second, and a busy machine would cause both. */
  | "load"
  /** Runs after the load, beside suites that need no cluster and were left for it. */
  | "recovery"
  /** Runs last, because it stops the platform or destroys the dev stack. */
  | "shutdown";

export interface Part {
  /** Path below `test/cluster`, without `.test.ts`. */
  readonly file: string;
  readonly lane: Lane;
  /** State that earlier files leave for this one. Run alone, the file makes that state itself, which takes minutes. */
  readonly finds?: string;
}

/**
 * The files in the order in which they run on the one cluster. Each needs the dev stack as `make up` leaves it and what the file makes
 * itself, and leaves that stack unchanged.
 */
export const ORDER: readonly Part[] = [
  { file: "dev/deployment", lane: "shared" },
  { file: "dev/official-plugins", lane: "shared" },
  { file: "dev/convergence", lane: "shared" },
  { file: "dev/secrets", lane: "shared" },
  { file: "dev/network", lane: "shared" },
  { file: "dev/limits", lane: "shared" },
  { file: "dev/audit", lane: "shared" },
  { file: "dev/helm", lane: "shared" },
  { file: "dev/gateway", lane: "shared" },
  { file: "dev/route", lane: "shared" },
  { file: "dev/commands", lane: "shared" },
  { file: "dev/alerts", lane: "shared" },
  { file: "dev/traces", lane: "shared" },
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
  { file: "dev/canary", lane: "load" },
  { file: "production/production", lane: "load" },
  { file: "production/dumps", lane: "load", finds: "prod, as production leaves it" },
  { file: "production/loss-of-site", lane: "recovery", finds: "prod and its second application, as dumps leaves them" },
  { file: "platform/platform", lane: "shutdown" },
  { file: "platform/destroy", lane: "shutdown" },
];

/** Paths of a lane's files, relative to the project's folder. */
export const pathsOf = (lane: Lane): string[] =>
  ORDER.filter((part) => part.lane === lane).map(({ file }) => `test/cluster/${file}.test.ts`);
