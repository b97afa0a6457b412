import { stackValues } from "../../test/stack-config.ts";
import { type Breach, breaks, problemsOf, withKey } from "../testing/problems.ts";

test.each<Breach>([
  [
    "dev",
    "postgres.walArchive",
    {},
    "acci:addons.barmanPlugin: is required with acci:postgres.walArchive, got nothing; set its mode to install, with a version, or to preinstalled",
  ],
])("%s: %s = %j breaks a rule", (...breach) => breaks(breach));

test.each<[string, unknown, string]>([
  [
    "backups",
    undefined,
    "acci:backups: is required with acci:postgres.walArchive, got nothing; say in acci:backups.store where the archive is",
  ],
  [
    "postgres.walArchive.recover",
    { from: "acci-dev" },
    "acci:postgres.walArchive.server: must differ from acci:postgres.walArchive.recover.from, got acci-dev for both; " +
      "give the new database a folder of its own, for example acci-dev-2",
  ],
  [
    "addons.barmanPlugin.mode",
    "install",
    "acci:addons.barmanPlugin.version: is required to install it, got nothing; set it to the chart version",
  ],
])("a database that archives: %s = %j breaks a rule", (path, value, sentence) => {
  const values = stackValues("dev");
  values["postgres"].walArchive = { recover: { from: "acci-prod" } };
  values["addons"].barmanPlugin = { mode: "preinstalled" };
  expect(problemsOf("dev", values)).toEqual([]);
  expect(problemsOf("dev", withKey("dev", path, value, values))).toEqual([sentence]);
});

test.each<[string, unknown, string]>([
  [
    "postgres.walArchive",
    undefined,
    "acci:postgres.walArchive: is required with acci:restore.from: archive, got nothing; set it as the lost site has it",
  ],
  [
    "storeKeys",
    undefined,
    "acci:storeKeys: is required with acci:restore.from: archive, got nothing; the archive is looked at before the database is made",
  ],
  [
    "postgres.walArchive.server",
    "acci-dr",
    "acci:postgres.walArchive.server: must be unset with acci:restore.from: archive; the failover chooses it, by its epoch",
  ],
  [
    "postgres.walArchive.recover",
    { from: "acci-prod" },
    "acci:postgres.walArchive.recover: must be unset with acci:restore.from: archive; the failover chooses it, by its epoch",
  ],
  [
    "restore.dump",
    "acci-prod-20260101t020000z-1a2b3c",
    "acci:restore.dump: must be unset with acci:restore.from: archive, got acci-prod-20260101t020000z-1a2b3c; " +
      "remove it, or set acci:restore.from to dump",
  ],
])("a site that fails over by archive: %s = %j breaks a rule", (path, value, sentence) => {
  const key = { accessKeyId: "a", secretAccessKey: "b" };
  const values = stackValues("dr");
  values["postgres"].walArchive = {};
  values["addons"].barmanPlugin = { mode: "preinstalled" };
  values["storeKeys"] = { writer: key, pruner: key, walArchive: key, offsite: { writer: key, pruner: key } };
  values["restore"] = { from: "archive" };
  expect(problemsOf("dr", values)).toEqual([]);
  expect(problemsOf("dr", withKey("dr", path, value, values))).toEqual([sentence]);
});
