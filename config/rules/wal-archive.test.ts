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
