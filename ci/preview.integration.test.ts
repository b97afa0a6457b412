import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { parse, stringify } from "yaml";
import { FakeApi } from "../local/pulumi/testing/fake-api.ts";
import { Workspace } from "../local/pulumi/testing/workspace.ts";
import { project } from "../tooling/paths.ts";
import { Scripts } from "./testing/script.ts";

type Config = Record<string, unknown>;

/** The charts of these add-ons cannot be fetched in a test, so they count as installed. */
const PREINSTALLED = { mode: "preinstalled" };
const ADDONS = { certManager: PREINSTALLED, cloudnativePg: PREINSTALLED, traefik: PREINSTALLED };

/** The registry's answer for every version: an image for each platform. */
const INDEX = {
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.index.v1+json",
  manifests: ["amd64", "arm64"].map((architecture, i) => ({
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: `sha256:${String(i).repeat(64)}`,
    size: 1000,
    platform: { os: "linux", architecture },
  })),
};

/** The real program, policy pack and engine; only the cluster and the registry are fakes. */
describe("preview.ts under the real CLI", () => {
  const api = new FakeApi();
  const registry = createServer((_, response) => void response.end(JSON.stringify(INDEX)));
  const scripts = new Scripts();
  let workspace: Workspace;

  beforeAll(async () => {
    await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
    workspace = new Workspace({ ACCI_REGISTRY: `127.0.0.1:${(registry.address() as AddressInfo).port}` });
    writeFileSync(path.join(workspace.folder, "kubeconfig"), await api.start());
    // Stacks are made in another project of the same name, because `stack init` writes a file beside Pulumi.yaml.
    writeFileSync(path.join(workspace.folder, "Pulumi.yaml"), "name: acci\nruntime: nodejs\n");
  });
  afterAll(() => {
    workspace.remove();
    scripts.remove();
    api.stop();
    registry.close();
  });

  function preview(stack: string, over: (config: Config) => Config = (config) => config) {
    const text = readFileSync(path.join(project, `Pulumi.${stack}.yaml`), "utf8");
    const { config } = parse(text) as { config: Config };
    const cluster = { kubeconfig: path.join(workspace.folder, "kubeconfig") };
    const file = path.join(workspace.folder, `Pulumi.${stack}.yaml`);
    writeFileSync(file, stringify({ config: over({ ...config, "acci:cluster": cluster, "acci:addons": ADDONS }) }));
    return scripts.run("preview.ts", [stack, "--config-file", file], { ...workspace.env, ACCI_BASE: "HEAD" });
  }

  it.each(["dev", "prod", "dr"])("%s breaks no rule", async (stack) => {
    workspace.run("stack", "init", stack);
    const { code, stdout, stderr } = await preview(stack);
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^<!-- acci-preview:${stack} -->\n### Stack ${stack}: \\d+ to create\n`)),
      expect.stringContaining("✅ acci@v0.1.0"),
    ]);
    expect(stdout).not.toContain("❌");
    expect(stderr).not.toContain("can't run policy");
  });

  it("names the rule that a changed setting breaks, and the resource", async () => {
    const { code, stdout } = await preview("dev", (config) => ({
      ...config,
      "acci:redis": { ...(config["acci:redis"] as Config), image: "docker.io/library/redis:8.0" },
    }));
    // A drill has a Redis of the same image.
    expect([code, stdout]).toEqual([1, expect.stringContaining("### Stack dev: refused by 2 violations of policy")]);
    expect(stdout).toContain(
      "❌ **disallow-retired-components** `StatefulSet redis, container redis: image must not be Redis 7.4 or later, ",
    );
  });
});
