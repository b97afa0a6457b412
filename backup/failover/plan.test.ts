import type { Identity } from "../database/identity.ts";
import type { Manifest } from "../dump/manifest.ts";
import { anEntry } from "../testing/entries.ts";
import { admitDump } from "./plan.ts";

const identity = (serverVersion: string, serverNumber: number) =>
  ({ name: "acci", grants: null, serverVersion, serverNumber }) as Identity;
const manifest = (database: Identity) => ({ database, facts: {}, roles: [] }) as unknown as Manifest;
const target = { identity: identity("15.14", 150_014), roles: [], filledTables: [] };

test("a dump of a newer Postgres than the one here is refused, and one of an older or the same is not", () => {
  const entry = anEntry(1);
  const admit = (of: Identity) => () => admitDump(entry, manifest(of), target, {});
  expect(admit(identity("16.1", 160_001))).toThrow(
    `dump ${entry.id}: must be of Postgres 15 or older, got 16.1; raise acci:postgres.image to that version`,
  );
  expect(admit(identity("15.18", 150_018))).not.toThrow();
  expect(admit(identity("14.9", 140_009))).not.toThrow();
});
