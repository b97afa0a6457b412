import { type DumpedTable, type Manifest, type Stored } from "../dump/manifest.ts";

/** Tables that one object holds, in order. */
export interface Unit {
  readonly object: Stored;
  readonly tables: readonly DumpedTable[];
}

/** Units in which a dump is read, largest first. */
export function unitsOf({ bundles, tables }: Manifest): Unit[] {
  const bundled = bundles.map((object, number) => ({
    object,
    tables: tables.filter(({ data }) => "bundle" in data && data.bundle === number),
  }));
  const alone = tables.flatMap((table) => ("key" in table.data ? [{ object: table.data, tables: [table] }] : []));
  return [...alone, ...bundled].sort((a, b) => b.object.rawBytes - a.object.rawBytes);
}
