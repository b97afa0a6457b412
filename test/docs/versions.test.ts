import { versions } from "../../local/toolchain/tools.ts";
import { STACKS, stackValues } from "../stack-config.ts";
import { filesOf, packageJson, PAGES, read } from "./pages.ts";

const WORKFLOWS = filesOf(".github/workflows");
const NODE = read(".node-version").trim();
const LEAST = packageJson.engines.node.replace(">=", "");

test("one version of Node.js is developed with, tested with and deployed", () => {
  expect(read("local/bootstrap.sh")).toContain("/../.node-version");
  for (const workflow of WORKFLOWS) {
    const asked = [...read(workflow).matchAll(/node-version.*/g)].map(([line]) => line);
    expect([...new Set(asked)]).toEqual(["node-version-file: .node-version"]);
  }
  const major = NODE.split(".")[0]!;
  const images = ["backup/Dockerfile", "local/images/list.ts"].map(
    (file) => /library\/node:(\d+)-/.exec(read(file))?.[1],
  );
  expect(images).toEqual([major, major]);
});

test("the oldest Node.js that will do is the same everywhere", () => {
  const [major, minor] = LEAST.split(".");
  expect(read("local/bootstrap.sh")).toContain(`a > ${major} || (a === ${major} && b >= ${minor})`);
  const said = PAGES.filter((page) => page !== "CHANGELOG.md").flatMap((page) =>
    [...read(page).matchAll(/Node\.js (\d+(?:\.\d+)?)/g)].map(([, version]) => `${page} ${version}`),
  );
  expect(said.filter((claim) => !claim.endsWith(` ${LEAST}`))).toEqual([]);
  expect(said).toContain(`README.md ${LEAST}`);
});

test("workflows use the Pulumi and the Helm of the embedded platform", () => {
  const asked = (pattern: RegExp) =>
    new Set(WORKFLOWS.flatMap((file) => [...read(file).matchAll(pattern)].map(([, version]) => version)));
  expect([...asked(/pulumi-version: (\S+)/g)]).toEqual([versions.pulumi]);
  expect([...asked(/setup-helm@.*\n\s+with:\n\s+version: (\S+)/g)]).toEqual([versions.helm]);
});

test("the versions of the embedded platform are those that are built", () => {
  const said = /^Versions: (.*?)\. They/ms.exec(read("docs/architecture.md"))![1]!;
  for (const version of Object.values(versions)) expect(said).toContain(version.replace(/^v/, ""));
});

test("the README says which versions are deployed", () => {
  const versionsOf = (name: string) => {
    const { addons, postgres, redis } = stackValues(name);
    const charts = ["certManager", "cloudnativePg", "traefik"].map((addon) => addons[addon].version as string);
    return [...charts, majorOf(postgres.image), `Valkey ${redis.image.split(":")[1]}`];
  };
  expect(new Set(STACKS.map((stack) => versionsOf(stack).join()))).toHaveProperty("size", 1);
  const [, table] = /^## Versions\n(.*?)^## /ms.exec(read("README.md"))!;
  for (const version of versionsOf("prod")) expect(table).toContain(version);
  const [, least] = /kubeVersion: ">=(\d+\.\d+)/.exec(read("helm/Chart.yaml"))!;
  const [, newest] = /==(\d+\.\d+)/.exec(read("local/toolchain/kubernetes-schemas.txt"))!;
  expect(table).toContain(`${least} or later; manifests are checked against ${least} to ${newest}`);
  expect(table).toContain(`${versions.pulumi} or later`);
});

const majorOf = (image: string) => /:(\d+)/.exec(image)![1]!;

test("the release notes begin with what is not released, and then with the version of the package and of the chart", () => {
  const headings = [...read("CHANGELOG.md").matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(headings.slice(0, 2)).toEqual(["Unreleased", packageJson.version]);
  expect(/^version: (.*)$/m.exec(read("helm/Chart.yaml"))![1]).toBe(packageJson.version);
});
