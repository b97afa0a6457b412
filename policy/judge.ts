import type { Rule } from "./model/rule.ts";
import type { JudgedResource } from "./model/judged-resource.ts";
import { rules } from "./rules.ts";

export interface Violation {
  readonly rule: string;
  readonly level: Rule["level"];
  readonly message: string;
}

/** Applies every rule to every resource, as the engine does. */
export const judge = (subjects: readonly JudgedResource[]): Violation[] =>
  rules.flatMap((rule) => {
    const messages = "check" in rule ? subjects.flatMap(rule.check) : rule.checkAll(subjects);
    return messages.map((message) => ({ rule: rule.name, level: rule.level, message }));
  });
