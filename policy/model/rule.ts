import type { JudgedResource } from "./judged-resource.ts";

interface Described {
  /** Equal to the name of the rule's file. */
  readonly name: string;
  readonly description: string;
  /** A mandatory rule stops the update; an advisory one is only printed. */
  readonly level: "mandatory" | "advisory";
}

/** A rule that judges one resource before it is changed. */
export interface ResourceRule extends Described {
  readonly check: (subject: JudgedResource) => readonly string[];
}

/** A rule that judges all resources together, when all are known: after a preview, and at the end of an update. */
export interface StackRule extends Described {
  readonly checkAll: (subjects: readonly JudgedResource[]) => readonly string[];
}

export type Rule = ResourceRule | StackRule;
