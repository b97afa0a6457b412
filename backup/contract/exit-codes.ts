/** Exit codes of the tools' commands, in the manner of sysexits.h. */
export const EXIT_CODES = {
  input: 64,
  refused: 65,
  store: 69,
  bug: 70,
  database: 74,
  lease: 75,
  fenced: 76,
  verification: 77,
  /** The database holds something that no recovery could restore: final, and not an outage. */
  unrestorable: 78,
} as const;

export type Failure = keyof typeof EXIT_CODES;

/** Exit codes of failures that may pass: the store or the database can be back a little later, so a retry can help. */
export const PASSING: readonly number[] = [EXIT_CODES.store, EXIT_CODES.database];

/** Exit codes of failures that a retry would only repeat. */
export const FINAL: readonly number[] = Object.values(EXIT_CODES).filter((code) => !PASSING.includes(code));

/** Exit code of a process that SIGTERM (15) ended, as when its pod is deleted. */
export const TERMINATED = 128 + 15;
