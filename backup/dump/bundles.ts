import type { Table } from "../database/tables.ts";

/** A table of its own object, or small ones that share one: an object costs a request, however little is in it. */
export type Unit = readonly Table[];

/** Bytes on disk up to which a table is small. */
const SMALL = 256 << 10;
/** Bytes on disk that one bundle holds, and tables. */
const BUNDLE = 16 << 20;
const MOST = 1000;

/** The units of a dump, the largest first, so that no lane is left with one at the end; small tables go into one bundle a lane at least. */
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
