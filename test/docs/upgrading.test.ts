import { RENAMED as KEYS } from "../../config/renamed.ts";
import { RENAMED as RULES } from "../../policy/renamed.ts";
import { read } from "./pages.ts";

/** Rows of the table below a heading. */
const rowsBelow = (heading: string): string[][] => {
  const [, section] = read("docs/upgrading.md").split(`\n### ${heading}\n`);
  return [...section!.split("\n#")[0]!.matchAll(/^\| `(\S+)` +\| `(\S+)` +\|$/gm)].map(([, was, is]) => [was!, is!]);
};

test("the page on upgrades has every key, command and rule that was renamed", () => {
  expect(rowsBelow("Configuration keys, below `acci:`")).toEqual(KEYS);
  expect(rowsBelow("Rules of the policy pack")).toEqual(Object.entries(RULES));
  const [, table] = /^RENAMED := ((?:.*\\\n)*.*)$/m.exec(read("Makefile"))!;
  const commands = [...table!.matchAll(/([a-z-]+)=([a-z-]+)/g)].map(([, was, is]) => [was!, is!]);
  expect(rowsBelow("Commands of make")).toEqual(commands);
});
