import { majorUpgrade } from "./major-upgrade.ts";

const cluster = (imageName: string) => ({ spec: { imageName } });
const postgres = (tag: string) => cluster(`registry.example.com:5000/cloudnative-pg/postgresql:${tag}`);

test.each([
  ["another minor version", postgres("15.14"), postgres("15.15-standard-bookworm")],
  ["the same by digest", postgres("15"), postgres(`15@sha256:${"0".repeat(64)}`)],
  ["one whose tag says nothing", postgres("15"), postgres("stable")],
  [
    "one known by its digest alone",
    postgres("15"),
    cluster(`registry.example.com:5000/postgresql@sha256:${"1".repeat(64)}`),
  ],
  ["a cluster that is made", undefined, postgres("17")],
])("an image of %s needs no explanation", (_, before, after) => {
  expect(majorUpgrade(before, after)).toBeUndefined();
});

test("a newer major version is explained: what happens, what it costs, and what to do before and after", () => {
  expect(majorUpgrade(postgres("15.15"), postgres("17.6-standard-trixie"))).toBe(
    "acci:postgres.image: is Postgres 17, while the database is of 15; CloudNativePG upgrades it in place: the site is offline while every " +
      "instance is stopped and pg_upgrade runs, replicas are made anew, and the way back is a dump. Take one before, with `make backup-create`; the image " +
      "needs the same extensions, and the tools' image must be made of it too. The database gets another system identifier: the first dump after " +
      "it is refused until acci:backups.adopt says so (docs/runbooks/upgrade.md)",
  );
});

test.each([
  ["14", "15"],
  ["17.6", "15.15"],
])("from %s to %s CloudNativePG refuses", (was, is) => {
  expect(majorUpgrade(postgres(was), postgres(is))).toMatch(
    /; CloudNativePG refuses that: .* to 16 or later; set an image of/,
  );
});
