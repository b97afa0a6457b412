import { canonical, list, object, text, type Props } from "../serve/values.ts";
import { merge } from "../../../tooling/maps.ts";

/** Managers of client-side applies, by kubectl or by the official provider when it creates. Their fields are taken over. */
const predecessors = [
  ["kubectl", "Apply"],
  ["kubectl", "Update"],
  ["before-first-apply", "Update"],
  ["pulumi-kubernetes", "Update"],
  ["pulumi-kubernetes.exe", "Update"],
  ["pulumi-resource-kubernetes", "Update"],
];

/**
 * `fixCSAFieldManagers`: the managed fields, with those of the predecessors given to `manager`; undefined without predecessors. Otherwise
 * a field that the program stops setting would stay as the predecessor's.
 */
export function takenOver(live: Props, manager: string): Props[] | undefined {
  const entries = list(object(live.metadata).managedFields).map(object);
  const isOurs = (entry: Props) => entry.manager === manager && entry.operation === "Apply" && !text(entry.subresource);
  const isTheirs = (entry: Props) =>
    !isOurs(entry) &&
    !text(entry.subresource) &&
    predecessors.some(([name, operation]) => entry.manager === name && entry.operation === operation);
  const taken = entries.filter(isTheirs);
  if (taken.length === 0) return undefined;
  const first = entries.find(isOurs) ?? taken[0];
  const fieldsV1 = [first, ...taken].reduce<Props>((all, entry) => merge(all, object(entry?.fieldsV1)), {});
  const merged = { ...first, manager, operation: "Apply", fieldsV1 };
  return [...entries.filter((entry) => !isOurs(entry) && !isTheirs(entry)), merged];
}

/** Patch that applies only to the object that was read: a write in between makes it fail rather than be undone. */
export const managersPatch = (live: Props, managers: readonly Props[]): Props[] => [
  { op: "replace", path: "/metadata/managedFields", value: JSON.parse(canonical(managers)) as unknown },
  { op: "replace", path: "/metadata/resourceVersion", value: object(live.metadata).resourceVersion },
];
