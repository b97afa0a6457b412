import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Alias, Resource } from "@pulumi/pulumi";
import { parseConfig } from "../../config/load.ts";
import { buildStack } from "../../stack.ts";
import { knownOf, record, type Recorded } from "../recorder.ts";
import { type StackName, stackValues } from "../stack-config.ts";

/** Resources without data, which a state of the release 0.1.0 has and no present resource continues: an update deletes them at its end. */
const GONE = [
  "kubernetes:monitoring.coreos.com/v1:ServiceMonitor monitoring-watch",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy policies-prometheus-to-watch",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy policies-validation-to-application-egress",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy policies-validation-to-application-ingress",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy policies-validation-to-route",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy policies-validation-to-store",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy policies-watch-to-postgres-egress",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy policies-watch-to-postgres-ingress",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy policies-watch-to-store",
];

/** Objects whose name in the cluster is another one than in the release 0.1.0: the new one is made before the old one is deleted. */
const REPLACED = [
  "kubernetes:apps/v1:Deployment watch",
  "kubernetes:batch/v1:CronJob tools",
  "kubernetes:batch/v1:Job restore",
  "kubernetes:batch/v1:Job validation",
  "kubernetes:core/v1:Service watch",
];

const STACKS = ["dev", "dr"] as const;
const ROOT = join(import.meta.dirname, "../..");

interface Identity {
  readonly type: string;
  readonly name: string;
}

const of = (resource: Resource): Identity => {
  const { __name: name, __pulumiType: type } = resource as unknown as { __name: string; __pulumiType: string };
  return { type, name };
};

/** What the engine looks for in a state: the type and name of the alias, and under a parent with another name the prefix that it had. */
function before({ name, opts, type }: Recorded, resources: readonly Recorded[]): Identity {
  // The Kubernetes SDK gives its resources aliases of its own, for older versions of the API.
  const [alias] = type.startsWith("acci:") ? ((opts.aliases ?? []) as Alias[]) : [];
  if (alias) return { type, name, ...(alias as Partial<Identity>) };
  if (!opts.parent) return { type, name };
  const parent = of(opts.parent);
  const recorded = resources.find((one) => one.type === parent.type && one.name === parent.name);
  if (!recorded || !name.startsWith(parent.name)) return { type, name };
  return { type, name: before(recorded, resources).name + name.slice(parent.name.length) };
}

const idOf = ({ name, type }: Identity) => `${type} ${name}`;

const known = (stack: StackName) =>
  readFileSync(join(import.meta.dirname, "release-0.1.0", `${stack}.txt`), "utf8")
    .trim()
    .split("\n");

test.each(STACKS)("%s continues every resource of a state of the release 0.1.0 that holds data", async (stack) => {
  const config = parseConfig(stack, stackValues(stack));
  const resources = await record((opts) => void buildStack(config, knownOf(config), opts), { stack });
  const continued = new Map(resources.map((one) => [idOf(before(one, resources)), one]));
  const lost = known(stack).filter((id) => !continued.has(id));
  expect(lost).toEqual(GONE.filter((id) => known(stack).includes(id)));
  // An automatic name stays; a fixed one that changed replaces the object.
  const replaced = known(stack).filter((id) => {
    const { metadata } = (continued.get(id)?.inputs ?? {}) as { metadata?: { name?: string } };
    const namespaced = id.startsWith("kubernetes:") && metadata?.name !== undefined;
    return namespaced && metadata.name === continued.get(id)!.name && idOf(continued.get(id)!) !== id;
  });
  expect(replaced).toEqual(REPLACED.filter((id) => known(stack).includes(id)));
});

test("no program, document or test names a resource as the release 0.1.0 did", async () => {
  const recorded = STACKS.map((stack) => {
    const config = parseConfig(stack, stackValues(stack));
    return record((opts) => void buildStack(config, knownOf(config), opts), { stack });
  });
  const present = new Set((await Promise.all(recorded)).flat().map(({ name }) => name));
  const names = new Set(STACKS.flatMap(known).map((id) => id.split(" ")[1]!));
  // A name of one word is a word of the language too.
  const gone = [...names].filter((name) => name.includes("-") && !present.has(name));
  expect(gone).toContain("environment-quota");
  const pattern = new RegExp(`(?<![\\w-])(?:${gone.join("|")})\\b`, "g");
  const spelled = globSync("{components,docs,local,ops,test}/**/*.{md,ts}", { cwd: ROOT })
    .filter((file) => file !== "test/stacks/renamed.test.ts")
    .flatMap(
      (file) =>
        readFileSync(join(ROOT, file), "utf8")
          .match(pattern)
          ?.map((name) => `${file}: ${name}`) ?? [],
    );
  expect(spelled).toEqual([]);
});
