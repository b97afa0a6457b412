import type { Table } from "../database/tables.ts";

/** Tables that share one object: a large table alone, or several small ones, because an object costs a request however small it is. */
export type Unit = readonly Table[];

/** Bytes on disk up to which a table is small. */
const SMALL = 256 << 10;
/** Limits of one bundle: bytes on disk, and number of tables. */
const BUNDLE = 16 << 20;
const MOST = 1000;

/**
 * Units of a dump, largest first, so that no lane is still busy with a large one at the end. Small tables make at least one bundle per
 * lane.
 */
export function unitsOf(tables: readonly Table[], lanes: number): Unit[] {
  const isSmall = ({ reach, size }: Table) => size <= SMALL && reach === "own";
  const small = tables.filter(isSmall);
  const total = small.reduce((sum, { size }) => sum + size, 0);
  const limit = Math.min(BUNDLE, Math.max(1, total / lanes));
  const bundles: Table[][] = [];
  let size = Infinity;
  for (const table of small) {
    if (size >= limit || bundles.at(-1)!.length >= MOST) {
      bundles.push([]);
      size = 0;
    }
    bundles.at(-1)!.push(table);
    size += table.size;
  }
  const sizeOf = (unit: Unit) => unit.reduce((sum, table) => sum + table.size, 0);
  return [...tables.filter((table) => !isSmall(table)).map((table) => [table]), ...bundles].sort(
    (a, b) => sizeOf(b) - sizeOf(a),
  );
}
