/** A map, as JSON and YAML have it. */
export type Tree = Readonly<Record<string, unknown>>;
type OpenTree = Record<string, unknown>;

export const isMap = (value: unknown): value is OpenTree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A `merge` that descends only into values that `isOpen` accepts. */
export const mergeWhere = (isOpen: (value: unknown) => value is OpenTree) =>
  function mergeOpen(base: Tree, over: Tree): OpenTree {
    const merged: OpenTree = { ...base };
    for (const [key, value] of Object.entries(over)) {
      const below = merged[key];
      merged[key] = isOpen(below) && isOpen(value) ? mergeOpen(below, value) : value;
    }
    return merged;
  };

/** Merges `over` into `base` key by key, as Helm does with value files: maps are merged, all other values, lists too, are replaced. */
export const merge = mergeWhere(isMap);
