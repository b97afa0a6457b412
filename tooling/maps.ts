/** What JSON and YAML call an object. */
export type Tree = Readonly<Record<string, unknown>>;
type OpenTree = Record<string, unknown>;

export const isMap = (value: unknown): value is OpenTree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A `merge` for which only the values that `isOpen` accepts count as maps. */
export const mergeWhere = (isOpen: (value: unknown) => value is OpenTree) =>
  function mergeOpen(base: Tree, over: Tree): OpenTree {
    const merged: OpenTree = { ...base };
    for (const [key, value] of Object.entries(over)) {
      const below = merged[key];
      merged[key] = isOpen(below) && isOpen(value) ? mergeOpen(below, value) : value;
    }
    return merged;
  };

/** Lays `over` upon `base`, key by key, as Helm does with files of values: maps are merged, all else is replaced, lists too. */
export const merge = mergeWhere(isMap);
