import { EXIT_CODES, type Failure } from "./contract/exit-codes.ts";

/** A failure whose message states the subject, its value and the cure. */
export class BackupError extends Error {
  readonly kind: Failure;

  constructor(kind: Failure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BackupError";
    this.kind = kind;
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}
