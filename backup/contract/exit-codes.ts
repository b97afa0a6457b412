/** How a command of the tools ends, in the manner of sysexits.h. */
export const EXIT_CODES = {
  input: 64,
  refused: 65,
  store: 69,
  bug: 70,
  database: 74,
  lease: 75,
  fenced: 76,
  proof: 77,
  /** The database holds what no recovery could bring back: final, and nobody's outage. */
  unrestorable: 78,
} as const;

export type Failure = keyof typeof EXIT_CODES;

/** Failures of the store or the database may be over a little later, so a retry can help. */
export const PASSING: readonly number[] = [EXIT_CODES.store, EXIT_CODES.database];

/** Failures that a retry would only repeat. */
export const FINAL: readonly number[] = Object.values(EXIT_CODES).filter((code) => !PASSING.includes(code));

/** Exit code of a process that SIGTERM (15) ended, as when its pod is deleted. */
export const TERMINATED = 128 + 15;
