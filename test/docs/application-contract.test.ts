import { applicationChecks, siteChecks } from "../../backup/smoke-test/checks.ts";
import { DATABASE, userOf } from "../../components/postgres/roles.ts";
import { OWNER } from "../../config/own-roles.ts";
import { usersAcl } from "../../components/redis/configuration.ts";
import { read } from "./pages.ts";

const contract = read("docs/application-contract.md");
const deployment = read("helm/templates/deployment.yaml");

const all = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, found]) => found!))];
/** Code in the first column of the table below a heading. */
const firstColumn = (heading: string) => {
  const [, section] = new RegExp(`^## ${heading}\\n(.*?)(?=^## |$(?![\\s\\S]))`, "ms").exec(contract)!;
  const cells = all(section!, /^\| (`.*?) +\|/gm);
  return cells.flatMap((cell) => all(cell, /`([^`]+)`/g));
};

test("the commands are those that the chart runs", () => {
  const run = all(deployment, /args: \[(\w+)\]/g);
  const asked = all(read("helm/templates/tests/health.yaml"), /args: \[(\w+),/g);
  expect(firstColumn("Commands").map((command) => command.split(" ")[0])).toEqual([...run, ...asked]);
});

test("the environment is what the chart gives", () => {
  const settings = all(read("helm/templates/configmap.yaml"), /^ {2}([A-Z_]+):/gm);
  const files = all(deployment, /- name: ([A-Z_]+)/g);
  expect(firstColumn("Environment").sort()).toEqual([...settings, ...files].sort());
});

test("the files are where the chart mounts them", () => {
  const folders = all(deployment, /mountPath: (\S+)/g);
  const described = firstColumn("Files").map((file) => file.slice(0, file.lastIndexOf("/")));
  expect(described.sort()).toEqual(folders.sort());
});

test("the ports and the user are those of the chart", () => {
  const ports = [...deployment.matchAll(/- name: (\w+)\n\s+containerPort: (\d+)/g)];
  expect(ports).toHaveLength(2);
  for (const [, name, port] of ports) expect(contract).toMatch(new RegExp(`\\| ${port} +\\| \`${name}\``));
  expect(contract).toContain(`user and group ${/runAsUser: (\d+)/.exec(deployment)![1]}`);
  expect(contract).toContain(`${/^drainSeconds: (\d+)/m.exec(read("helm/values.yaml"))![1]} s`);
});

test("every question that a validation or a drill asks is told", () => {
  const checks = [
    ...siteChecks("host", { address: "", certificateFile: "" }, "service"),
    ...applicationChecks("service"),
  ];
  const paths = new Set(checks.map(({ url }) => new URL(url).pathname));
  expect([...paths].filter((path) => !contract.includes(`\`${path}\``) && !contract.includes(`GET ${path}`))).toEqual(
    [],
  );
  const { problem } = checks.find(({ url }) => url.includes(":9090/metrics"))!;
  expect(problem({ status: 200, body: "http_requests_total 1\n" })).toBeUndefined();
  expect(contract).toContain("`http_requests_total`");
});

test("the roles of the database and the commands of the cache are those that there are", () => {
  expect(contract).toContain(`database \`${DATABASE}\`, encoding UTF-8. The owner is \`${OWNER}\``);
  for (const key of ["app", "app2"] as const) expect(contract).toContain(`\`${userOf(key)}\``);
  const [user] = /^user acci .*$/m.exec(usersAcl(["a"], "b"))!;
  const commands = all(user, / \+(\w+)/g);
  expect(commands.length).toBeGreaterThan(10);
  const [, listed] = /those of a connection: (.*?)\. The cache/s.exec(contract)!;
  expect(all(listed!, /`(\w+)`/g)).toEqual(commands);
});
