/** Exit codes, in the manner of sysexits.h. */
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

/** A failure that names what, the value it has and the cure. */
export class BackupError extends Error {
  readonly kind: keyof typeof EXIT_CODES;

  constructor(kind: keyof typeof EXIT_CODES, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BackupError";
    this.kind = kind;
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}
