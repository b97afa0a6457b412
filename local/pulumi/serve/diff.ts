import { equal, hasUnknown, isSecret, type Props, type Value } from "./values.ts";
import { isMap } from "../../../tooling/maps.ts";

export type DiffKind = "add" | "delete" | "update" | "add-replace" | "delete-replace" | "update-replace";
export interface Diff {
  readonly detailed: Readonly<Record<string, DiffKind>>;
  readonly deleteBeforeReplace?: boolean;
}
export type Path = readonly (string | number)[];

const bare = (value: Value): Value => (isSecret(value) ? value.value : value);

/** Formats a path in the engine's syntax: `spec.containers[0].image`, `metadata.labels["app.kubernetes.io/name"]`. */
export function formatPath(path: Path): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      if (!/^[A-Za-z0-9_$-]+$/.test(key)) return `["${key.replaceAll('"', '\\"')}"]`;
      return index === 0 ? key : `.${key}`;
    })
    .join("");
}

/** The smallest set of paths whose values differ. Secret marks are ignored; an unknown value always differs. */
export function changes(
  before: Value,
  after: Value,
  path: Path = [],
): { path: Path; kind: "add" | "delete" | "update"; value: Value }[] {
  const [old, now] = [bare(before) ?? undefined, bare(after) ?? undefined];
  if (!hasUnknown(now) && equal(old, now)) return [];
  if (isMap(old) && isMap(now))
    return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((key) =>
      changes(old[key], now[key], [...path, key]),
    );
  if (Array.isArray(old) && Array.isArray(now))
    return Array.from({ length: Math.max(old.length, now.length) }).flatMap((_, index) =>
      changes(old[index], now[index], [...path, index]),
    );
  return [
    {
      path,
      kind: old === undefined ? "add" : now === undefined ? "delete" : "update",
      value: now ?? old,
    },
  ];
}

/** Detailed diff of the inputs; `replaces` decides for each path whether its change needs a replacement. */
export function diffInputs(
  before: Props,
  after: Props,
  replaces: (path: Path, value: Value) => boolean,
): Record<string, DiffKind> {
  return Object.fromEntries(
    changes(before, after).map(({ path, kind, value }) => [
      formatPath(path),
      replaces(path, value) ? (`${kind}-replace` as const) : kind,
    ]),
  );
}
