import type { StepRecord } from "./state.ts";

/** The canary must not go on. */
export class Unfit extends Error {
  readonly reasons: readonly string[];
  readonly record: readonly StepRecord[];

  constructor(reasons: readonly string[], record: readonly StepRecord[] = []) {
    super(reasons.join("; "));
    this.reasons = reasons;
    this.record = record;
  }
}
