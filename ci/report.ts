/** What would happen to one resource. */
export interface Change {
  readonly op: string;
  readonly type: string;
  readonly name: string;
  /** One line for each property that differs, secrets masked. */
  readonly details: readonly string[];
}

export interface Violation {
  readonly rule: string;
  readonly level: string;
  readonly message: string;
}

/** An exception from a rule, as policy/waivers.ts has it. */
export interface Waiver {
  readonly rule: string;
  readonly subject: string;
  readonly reason: string;
}

/** What a pull request does to one stack. */
export interface Report {
  readonly stack: string;
  /** How it was found out: by the engine, or without a cluster and secrets. */
  readonly source: "preview" | "refresh" | "offline";
  readonly changes: readonly Change[];
  readonly violations: readonly Violation[];
  readonly waivers: readonly Waiver[];
  /** Why the preview did not get to its end. */
  readonly errors: readonly string[];
  /** Unified diff of what the application's chart renders; empty without a difference. */
  readonly chartDiff: string;
}

export const isRefused = ({ errors, violations }: Report): boolean =>
  errors.length > 0 || violations.some(({ level }) => level === "mandatory");
