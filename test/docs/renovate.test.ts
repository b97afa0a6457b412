import { read } from "./pages.ts";
import { STACKS } from "../stack-config.ts";

interface Renovate {
  readonly enabledManagers: readonly string[];
  readonly customManagers: readonly {
    readonly managerFilePatterns: readonly string[];
    readonly matchStrings: readonly string[];
  }[];
}
const { customManagers, enabledManagers } = JSON.parse(read("renovate.json")) as Renovate;

test("npm, cargo, Go modules, actions, images and Node.js are kept up to date", () => {
  expect(enabledManagers).toEqual(["npm", "nodenv", "cargo", "gomod", "dockerfile", "github-actions", "custom.regex"]);
});

test.each(STACKS)("every image and every chart that %s names is found in its file", (stack) => {
  const file = `Pulumi.${stack}.yaml`;
  const text = read(file);
  const found = customManagers
    .filter(({ managerFilePatterns }) =>
      managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(file)),
    )
    .flatMap(({ matchStrings }) => matchStrings.flatMap((match) => [...text.matchAll(new RegExp(match, "g"))]))
    .map(({ groups }) => groups!["currentValue"]);
  const named = [...text.matchAll(/(?: image: \S+:|mode: install, version: )(\S+)/g)].map(([, version]) => version);
  expect(named.length).toBeGreaterThan(4);
  expect(found.sort()).toEqual(named.sort());
});
