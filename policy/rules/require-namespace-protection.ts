import { objectsOf } from "../model/objects.ts";
import { PRODUCTION } from "../../config/production.ts";
import type { StackRule } from "../model/rule.ts";
import { textAt } from "../model/judged-resource.ts";
import { holdsData } from "./require-data-protection.ts";

/** Deleting a namespace deletes every volume claim in it, protected or not. */
export const requireNamespaceProtection: StackRule = {
  name: "require-namespace-protection",
  description: "In prod and dr, a namespace in which data is kept is protected.",
  level: "mandatory",
  checkAll: (subjects) => {
    const keeping = subjects.filter(holdsData).flatMap(objectsOf);
    const names = new Set(keeping.map(({ namespace }) => namespace));
    return subjects
      .filter(({ stack, type }) => PRODUCTION.includes(stack) && type === "kubernetes:core/v1:Namespace")
      .filter(({ props, protect }) => names.has(textAt(props, "metadata", "name")) && !protect)
      .map(
        ({ name, stack }) =>
          `${name}: must be protected in ${stack}, as data is kept in it, got protect false; give it protect and retainOnDelete`,
      );
  },
};
