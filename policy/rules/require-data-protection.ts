import { objectsOf } from "../model/objects.ts";
import { PRODUCTION } from "../../config/production.ts";
import type { ResourceRule } from "../model/rule.ts";
import { listAt, type JudgedResource } from "../model/judged-resource.ts";
import { isPostgres } from "../model/workloads.ts";

/** Replacing or destroying one of these resources by mistake deletes the data. */
export const requireDataProtection: ResourceRule = {
  name: "require-data-protection",
  description: "In prod and dr, database clusters, volume claims and the StatefulSets that have some are protected.",
  level: "mandatory",
  check: (subject) =>
    PRODUCTION.includes(subject.stack) && holdsData(subject) && !subject.protect
      ? [
          `${subject.name}: must be protected in ${subject.stack}, got protect false; give it protect and retainOnDelete`,
        ]
      : [],
};

export const holdsData = (subject: JudgedResource): boolean =>
  isPostgres(subject) ||
  objectsOf(subject).some(
    ({ kind, manifest }) =>
      kind === "PersistentVolumeClaim" ||
      (kind === "StatefulSet" && listAt(manifest, "spec", "volumeClaimTemplates").length > 0),
  );
