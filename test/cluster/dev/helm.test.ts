import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { kubectl } from "../../../local/cluster/cluster.ts";
import { registry } from "../../../local/lib/addresses.ts";
import { kubeconfig, pki } from "../../../local/lib/paths.ts";
import { helm } from "../../../tooling/helm.ts";
import { project } from "../../../tooling/paths.ts";
import { run } from "../../../tooling/run.ts";
import { deployedImage } from "../support/deployed-image.ts";

const NAMESPACE = "acci-helm";
const small = { cpu: "500m", memory: "256Mi" };

let folder: string;
let server: https.Server;
let values: string;

/** Runs Helm with repositories of its own, not with the tester's. */
const cli = (args: readonly string[], input?: string) =>
  helm(["--kubeconfig", kubeconfig, "--namespace", NAMESPACE, ...args], {
    input,
    env: {
      ...process.env,
      ...{ HELM_CONFIG_HOME: folder, HELM_CACHE_HOME: path.join(folder, "cache"), HELM_DATA_HOME: folder },
    },
  });
const kube = (...args: string[]) => kubectl(["--namespace", NAMESPACE, ...args]);
const sql = async (statement: string) =>
  (await kube("exec", "acci-postgresql-0", "--", "psql", "-U", "postgres", "-d", "acci", "-Atqc", statement)).trim();

/** A web server for the folder of packages, as the repository of a chart. */
function serve(packages: string): Promise<number> {
  const certificate = {
    cert: readFileSync(path.join(pki, "services.crt")),
    key: readFileSync(path.join(pki, "services.key")),
  };
  server = https.createServer(certificate, (request, response) => {
    try {
      response.end(readFileSync(path.join(packages, path.basename(request.url!))));
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "acci-helm-"));
  const packages = path.join(folder, "packages");
  await run(process.execPath, [path.join(project, "release/chart.ts"), packages], {
    env: { ...process.env, PUSH: `oci://${registry}/charts`, PLAIN_HTTP: "1" },
  });
  const address = `https://127.0.0.1:${await serve(packages)}`;
  await cli(["repo", "add", "acci", address, "--ca-file", path.join(pki, "ca.crt")]);
  values = JSON.stringify({
    image: { digest: (await deployedImage()).digest },
    replicaCount: 1,
    autoscaling: { enabled: false },
    ingress: { enabled: false },
    resources: { limits: small, requests: { cpu: "10m", memory: "32Mi" } },
    postgresql: { image: { repository: "ghcr.io/cloudnative-pg/postgresql", tag: "15", uid: 26 } },
    redis: { image: { repository: "docker.io/library/redis", tag: "7.0" } },
  });
});
afterAll(async () => {
  server.close();
  rmSync(folder, { recursive: true });
  await kubectl(["delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait=false"]);
});

const install = () =>
  cli(
    ["install", "acci", "acci/acci-framework", "--create-namespace", "--wait", "--timeout=180s", "--values=-"],
    values,
  );

describe("the chart alone", () => {
  it("is installed from a repository over HTTPS, with a small database, and passes its test", async () => {
    expect(await install()).toMatch(/STATUS: deployed/);
    expect(await cli(["test", "acci"])).toMatch(/Phase:\s+Succeeded/);
    await sql("CREATE TABLE kept AS SELECT 1 AS id");
  });

  it("is upgraded from a registry, and rolled back", async () => {
    const chart = `oci://${registry}/charts/acci-framework`;
    await cli(["upgrade", "acci", chart, "--plain-http", "--reuse-values", "--set=config.logLevel=debug", "--wait"]);
    await cli(["rollback", "acci", "1", "--wait"]);
    const revisions = JSON.parse(await cli(["history", "acci", "--output=json"])) as { description: string }[];
    expect(revisions.map(({ description }) => description)).toEqual([
      "Install complete",
      "Upgrade complete",
      "Rollback to 1",
    ]);
  });

  it("serves again, with its data, when it was uninstalled and is installed", async () => {
    const passwords = () => kube("get", "secret", "acci-acci-framework-generated", "-o", "jsonpath={.data}");
    const before = await passwords();
    expect(await cli(["uninstall", "acci", "--wait"])).toMatch(/uninstalled/);
    await install();
    expect(await cli(["test", "acci"])).toMatch(/Phase:\s+Succeeded/);
    expect(await passwords()).not.toBe(before);
    expect(await sql("SELECT count(*) FROM kept")).toBe("1");
  });
});
