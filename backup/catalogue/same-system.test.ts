import { aCatalogue, aDump, anEntry } from "../testing/entries.ts";
import { assertSameSystem } from "./same-system.ts";

const before = anEntry(1, { systemIdentifier: "1", serverVersion: "15.14" });
const catalogue = aCatalogue([before]);
const found = (serverVersion: string, systemIdentifier = "2") => aDump(2, { systemIdentifier, serverVersion });

test("dumps of the same system go on", () => {
  expect(() => assertSameSystem(catalogue, found("15.15", "1"))).not.toThrow();
});

test("the first dump of an epoch may be of any", () => {
  expect(() => assertSameSystem({ ...catalogue, epoch: 2 }, found("15.14"))).not.toThrow();
});

test("one of another system and the same major is of a database that was made anew", () => {
  const { id } = found("15.14");
  expect(() => assertSameSystem(catalogue, found("15.14"))).toThrow(
    `dump ${id}: must be of system 1, as ${before.id} is, got 2; this database was created again: bring the last dump back with acci:restore, ` +
      'or begin anew under another acci:backups.store.prefix; only if it is the same one, upgraded in place, set acci:backups.adopt to "2"',
  );
});

test("one of a newer major is of a database that was upgraded, and no old dump is to be put over it", () => {
  expect(() => assertSameSystem(catalogue, found("17.6"))).toThrow(
    "; this database was upgraded in place from 15.14 to 17.6, most likely: look whether its rows are there, and set acci:backups.adopt " +
      'to "2"; if it was created again, bring the last dump back with acci:restore, or begin anew under another acci:backups.store.prefix',
  );
});

test("it goes on when it is adopted, and no other one does", () => {
  expect(() => assertSameSystem(catalogue, found("17.6"), "2")).not.toThrow();
  expect(() => assertSameSystem(catalogue, found("17.6", "3"), "2")).toThrow("got 3");
  const adopted = aCatalogue([before, anEntry(2, { systemIdentifier: "2", serverVersion: "17.6" })]);
  expect(() => assertSameSystem(adopted, found("17.7"))).not.toThrow();
});
