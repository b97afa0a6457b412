import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../../config/load.ts";
import { buildStack } from "../../stack.ts";
import { knownOf, record, type Recorded } from "../recorder.ts";
import { project } from "../../tooling/paths.ts";
import { filesOf, read } from "./pages.ts";

/** Secrets that an example's README tells the user to set, because a file cannot contain them. */
const key = { accessKeyId: "a", secretAccessKey: "s" };
const keys = { writer: key, pruner: key };
const SECRETS: Record<string, object> = {
  "dev-on-kind": {},
  "own-application": { storeKeys: keys },
  "prod-and-dr": { storeKeys: { ...keys, offsite: keys }, backupIdentity: "AGE-SECRET-KEY-1A" },
};

const stackOf = (file: string) => /Pulumi\.(\w+)\.yaml$/.exec(file)![1]!;
const exampleOf = (file: string) => file.split("/")[1]!;
const stacks = filesOf("examples").filter((file) => file.endsWith(".yaml") && file.includes("Pulumi."));

function valuesOf(file: string): Record<string, any> {
  const { config } = parse(read(file)) as { config: Record<string, unknown> };
  const own = Object.entries(config).filter(([name]) => name.startsWith("acci:"));
  return {
    ...Object.fromEntries(own.map(([name, value]) => [name.slice("acci:".length), value])),
    ...SECRETS[exampleOf(file)],
  };
}

async function built(file: string): Promise<Recorded[]> {
  const config = parseConfig(stackOf(file), valuesOf(file));
  return record((opts) => void buildStack(config, knownOf(config), opts), { stack: stackOf(file) });
}

const of = (resources: readonly Recorded[], kind: string) => resources.filter(({ type }) => type.endsWith(`:${kind}`));

test("every example has a README, and its secrets here", () => {
  const folders = readdirSync(join(project, "examples"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(SECRETS).sort());
  for (const { name } of folders) {
    expect(read(`examples/${name}/README.md`)).toContain("what you change first");
    expect(read("examples/README.md")).toContain(`](${name})`);
  }
});

test.each(stacks)("%s is a whole site", async (file) => {
  const values = valuesOf(file);
  const resources = await built(file);
  const [namespace] = of(resources, "Namespace").filter(({ name }) => name === "namespace");
  expect(namespace!.inputs["metadata"].name).toBe(values["namespace"]);
  const [release] = of(resources, "Release").filter(({ name }) => name === "application");
  expect(release!.inputs["values"].image.repository).toBe(values["image"].repository);
  expect(of(resources, "Cluster")).toHaveLength(1);
  // Every other Secret must be made by the stack or named in a README.
  const made = of(resources, "Secret").map(({ name }) => name);
  for (const name of values["backups"] ? ["backup-writer", "backup-pruner"] : []) expect(made).toContain(name);
});

test("the namespaces of other people's stacks are not the reference's", () => {
  expect(stacks.map((file) => `${exampleOf(file)} ${stackOf(file)} ${valuesOf(file)["namespace"]}`)).toEqual([
    "dev-on-kind dev acci-dev",
    "own-application dev shop-dev",
    "prod-and-dr dr acci-dr",
    "prod-and-dr prod acci-prod",
  ]);
});

test("dr stands in for prod: the same but for where it is, and that it restores", () => {
  const [prod, dr] = ["prod", "dr"].map((stack) => valuesOf(`examples/prod-and-dr/Pulumi.${stack}.yaml`));
  const names = [...new Set([...Object.keys(prod!), ...Object.keys(dr!)])];
  expect(names.filter((name) => JSON.stringify(prod![name]) !== JSON.stringify(dr![name])).sort()).toEqual([
    "namespace",
    "restore",
  ]);
});

test("an example runs the versions that the stacks of this repository run", () => {
  const versions = (text: string) =>
    [...text.matchAll(/(?:version: |postgresql:|valkey:)(v?\d[\w.]*)/g)].map(([, found]) => found!);
  const known = new Set(["dev", "prod", "dr"].flatMap((stack) => versions(read(`Pulumi.${stack}.yaml`))));
  for (const file of stacks)
    expect(versions(read(file)).filter((version) => !known.has(version) && !version.includes("postgis"))).toEqual([]);
});
