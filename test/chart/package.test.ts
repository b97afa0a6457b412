/** @needs helm @needs docker-registry */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { TestRegistry } from "../../local/pulumi/testing/registry.ts";
import { project } from "../../tooling/paths.ts";
import { helm as runHelm, KUBE_VERSION } from "../../tooling/helm.ts";
import { CHART, helm } from "./helm.ts";

// Each test starts several processes, on a machine that may be busy.
jest.setTimeout(60_000);

const PACKAGE = "acci-framework-0.1.0.tgz";
const folder = mkdtempSync(join(tmpdir(), "acci-package-"));
const dist = join(folder, "dist");
const home = Object.fromEntries(["CACHE", "CONFIG", "DATA"].map((of) => [`HELM_${of}_HOME`, join(folder, of)]));
/** Renders a chart. Generated passwords, and the checksums over them, are masked because they differ each time. */
function render(chart: string): string {
  const { status, stdout, stderr } = helm("template", "acci", chart, "--kube-version", KUBE_VERSION);
  if (status !== 0) throw new Error(stderr);
  return stdout.replaceAll(/[0-9A-Za-z]{32,64}/g, "generated");
}

/** Asynchronous, because the registry that helm asks runs in this process. */
const repository = (...args: string[]) => runHelm(args, { env: { ...process.env, ...home } });

function chart(env: Record<string, string> = {}) {
  return promisify(execFile)(process.execPath, ["release/chart.ts", dist], {
    cwd: project,
    env: { ...process.env, ...home, PUSH: "", PLAIN_HTTP: "", ...env },
    encoding: "utf8",
  });
}

beforeAll(() => chart());
afterAll(() => rmSync(folder, { recursive: true }));

const entries = () =>
  (parse(readFileSync(join(dist, "index.yaml"), "utf8")) as { entries: Record<string, { version: string }[]> }).entries;

test("an index keeps the versions it had", async () => {
  const older = join(folder, "older");
  await repository("package", CHART, "--version", "0.0.9", "--destination", older);
  await repository("repo", "index", older);
  writeFileSync(join(dist, "index.yaml"), readFileSync(join(older, "index.yaml")));
  await chart();
  expect(entries()["acci-framework"]!.map(({ version }) => version)).toEqual(["0.1.0", "0.0.9"]);
});

describe("a web server with the folder", () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => response.end(readFileSync(join(dist, basename(request.url!)))));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await repository("repo", "add", "local", `http://127.0.0.1:${port}`);
  });
  afterAll(() => server.close());

  test("is a repository, whose chart renders what the sources do", async () => {
    await repository("pull", "local/acci-framework", "--version", "0.1.0", "--destination", folder);
    expect(render(join(folder, PACKAGE))).toBe(render(CHART));
  });
});

describe("an OCI registry", () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await TestRegistry.start();
  });
  afterAll(() => registry.stop());

  test("takes the package, and gives back one that renders what the sources do", async () => {
    const host = registry.address;
    const { stdout } = await chart({ PUSH: `oci://${host}/charts`, PLAIN_HTTP: "1" });
    expect(stdout).toContain(`pushed   oci://${host}/charts/acci-framework:0.1.0`);
    const pulled = join(folder, "pulled");
    mkdirSync(pulled);
    const source = `oci://${host}/charts/acci-framework`;
    await repository("pull", source, "--version", "0.1.0", "--plain-http", "--destination", pulled);
    expect(render(join(pulled, PACKAGE))).toBe(render(CHART));
  });
});

test.each<[string, Record<string, string>, string]>([
  [
    "a target that is no registry",
    { PUSH: "https://example.org/charts" },
    "chart: PUSH: must be a folder of an OCI registry, got https://example.org/charts; set it to, for example, oci://registry.example.org/charts\n",
  ],
  [
    "a registry that does not answer",
    { PUSH: "oci://127.0.0.1:9/charts" },
    "dial tcp 127.0.0.1:9: connect: connection refused\n",
  ],
  [
    "a machine without helm",
    { HELM: "/nowhere/helm" },
    "chart: helm: cannot be run as /nowhere/helm (spawn /nowhere/helm ENOENT); run `make tools`, install Helm 3, or set HELM to its path\n",
  ],
])("%s is an error that says so", async (_, env, stderr) => {
  await expect(chart(env)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(stderr) });
});
