import type { Capacity, Prices } from "./capacity.ts";

/** A change to one resource. */
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

/** An exception from a rule, as in policy/waivers.ts. */
export interface Waiver {
  readonly rule: string;
  readonly subject: string;
  readonly reason: string;
}

export interface CapacityChange {
  /** @default - the stack is new */
  readonly before?: Capacity | undefined;
  readonly after: Capacity;
  /** @default - no cost is told */
  readonly prices?: Prices | undefined;
}

/** What a pull request changes on one stack. */
export interface Report {
  readonly stack: string;
  /** Origin of the changes: the engine, or a comparison without cluster and secrets. */
  readonly source: "preview" | "refresh" | "offline";
  readonly changes: readonly Change[];
  readonly violations: readonly Violation[];
  readonly waivers: readonly Waiver[];
  /** Errors that ended the preview early. */
  readonly errors: readonly string[];
  /** What the program warns of, such as a version that `pulumi up` would refuse. */
  readonly warnings: readonly string[];
  /** What the stack asks of its cluster, before and after. @default - it is not known */
  readonly capacity?: CapacityChange | undefined;
  /** Unified diff of the rendered chart of the application; empty without a difference. */
  readonly chartDiff: string;
}

export const isRefused = ({ errors, violations }: Report): boolean =>
  errors.length > 0 || violations.some(({ level }) => level === "mandatory");
