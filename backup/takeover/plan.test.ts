import type { Manifest } from "../dump/manifest.ts";
import { anEntry } from "../testing/entries.ts";
import { admitDump, type Target } from "./plan.ts";

const manifestOf = (serverNumber: number, serverVersion: string) =>
  ({ database: { serverNumber, serverVersion, grants: null }, facts: {}, roles: [] }) as unknown as Manifest;

const here = { identity: { name: "acci", serverNumber: 150_014 }, roles: [], filledTables: [] } as unknown as Target;

test("a dump of a newer Postgres is refused, one of the same or an older one is not", () => {
  expect(() => admitDump(anEntry(1), manifestOf(160_004, "16.4"), here, {})).toThrow(
    /must be of Postgres 15 or older, got 16.4; raise acci:postgres.image to that version/,
  );
  admitDump(anEntry(1), manifestOf(150_020, "15.20"), here, {});
  admitDump(anEntry(1), manifestOf(140_010, "14.10"), here, {});
});
