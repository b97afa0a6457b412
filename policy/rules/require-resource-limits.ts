import type { ResourceRule } from "../model/rule.ts";
import { propsAt, shown, type JudgedResource, textAt } from "../model/judged-resource.ts";
import { containersOf, isPostgres } from "../model/workloads.ts";

const AMOUNTS = ["limits", "requests"].flatMap((kind) => ["cpu", "memory"].map((unit) => [kind, unit] as const));

/** Without limits one container can take a node down; without requests the scheduler counts it as nothing. */
export const requireResourceLimits: ResourceRule = {
  name: "require-resource-limits",
  description: "Every container has limits and requests of CPU and memory.",
  level: "mandatory",
  check: (subject) =>
    sized(subject).flatMap(({ where, spec }) =>
      AMOUNTS.filter(([kind, unit]) => textAt(spec, "resources", kind, unit) === "").map(
        ([kind, unit]) =>
          `${where}: resources.${kind}.${unit} must be set, got ${shown(propsAt(spec, "resources", kind)[unit])}; ` +
          "give it the amount the container was measured to need",
      ),
    ),
};

/** A CNPG Cluster: the operator gives every instance the Cluster's resources. */
const sized = (subject: JudgedResource) => [
  ...(isPostgres(subject) ? [{ where: `Cluster ${subject.name}`, spec: propsAt(subject.props, "spec") }] : []),
  ...containersOf(subject),
];
