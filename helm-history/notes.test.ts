import { noteFor, ownReleases } from "./notes.ts";
import { parseConfig } from "../config/load.ts";
import { stackValues } from "../test/stack-config.ts";

const APPLICATION = /^chart /;

test.each([
  ["an update", "chart 0bd4286e9c86e4ce", undefined],
  ["an update after such a revision, which stays", "chart 0bd4286e9c86e4ce, after revision 7", "after revision 7"],
  ["a rollback", "Rollback to 20", "after revision 9"],
  ["helm upgrade by hand", "Upgrade complete", "after revision 9"],
])("a revision made by %s", (_, description, note) => expect(noteFor(9, description, APPLICATION)).toBe(note));

test("the releases of a stack are those it installs, where it installs them", () => {
  const values = stackValues("prod");
  const addons = {
    certManager: { mode: "preinstalled" },
    cloudnativePg: { mode: "install", version: "0.27.0" },
    traefik: { mode: "preinstalled" },
  };
  const config = parseConfig("prod", {
    ...values,
    addons: { ...addons, barmanPlugin: { mode: "install", version: "0.3.0" } },
  });
  expect(ownReleases(config).map(({ name, namespace }) => `${namespace}/${name}`)).toEqual([
    "acci-prod/acci-framework",
    "cnpg-system/cloudnative-pg",
    "cnpg-system/plugin-barman-cloud",
  ]);
});
