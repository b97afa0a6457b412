import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildahEnvironment } from "../../images/build.ts";
import { parseReference } from "../registry/reference.ts";
import { Registry } from "../registry/registry.ts";
import { list, object, text, type Props } from "../serve/values.ts";
import { TestRegistry } from "../testing/registry.ts";
import { Workspace } from "../testing/workspace.ts";
import { unpack } from "../testing/unpack.ts";

const minutes = 60_000;
const repository = "ghcr.io/acci/application";
const app = resolve(__dirname, "../../../app");

const program = (noCache: boolean) => `
  const platforms = ["amd64", "arm64"];
  const images = platforms.map((arch) => new sdk.docker_build.Image("application-" + arch, {
    context: { location: ${JSON.stringify(app)} }, platforms: ["linux/" + arch], push: true, noCache: ${noCache},
    buildOnPreview: false, tags: ["${repository}:1-" + arch],
  }));
  exports.index = new sdk.docker_build.Index("application", {
    tag: "${repository}:1", sources: images.map((image) => image.ref),
  }).ref;`;

/** Asks /health until the port answers; returns the status. */
async function healthOf(port: number): Promise<number> {
  for (let attempt = 0; attempt < 150; attempt++) {
    const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    if (response) return response.status;
    await new Promise((next) => setTimeout(next, 200));
  }
  throw new Error(`127.0.0.1:${port}: nothing listens after 30 s`);
}

// Needs the platform's base images, but no cluster.
describe("the application's image, built for two platforms on this machine", () => {
  const scratch = mkdtempSync(join(tmpdir(), "acci-application-"));
  let server: TestRegistry;
  let workspace: Workspace;
  let images: Registry;
  let index: Props;

  const build = (noCache: boolean): string => {
    workspace.program(program(noCache));
    workspace.run("up", "--yes", "--skip-preview");
    return text(workspace.outputs().index);
  };

  beforeAll(async () => {
    server = await TestRegistry.start();
    process.env.ACCI_REGISTRY = server.address;
    workspace = new Workspace({ ...buildahEnvironment(), ACCI_REGISTRY: server.address });
    const reference = parseReference(build(false));
    images = new Registry(reference);
    index = (await images.requireManifest(reference.digest!)).content;
  }, 30 * minutes);
  afterAll(() => {
    delete process.env.ACCI_REGISTRY;
    server.stop();
    workspace.remove();
    rmSync(scratch, { recursive: true, force: true });
  });

  it("is one name for both", () => {
    const platforms = list(index.manifests).map((entry) => object(object(entry).platform));
    expect(platforms).toEqual([
      { architecture: "amd64", os: "linux" },
      { architecture: "arm64", os: "linux" },
    ]);
  });

  it("answers 200 on /health from the root file system of its arm64 half", async () => {
    const root = join(scratch, "arm64");
    await unpack(images, text(object(list(index.manifests)[1]).digest), root);
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const service: ChildProcess = spawn("qemu-aarch64-static", ["-L", root, join(root, "usr/local/bin/acci")], {
      // No server is at these addresses; /health checks only the process.
      env: {
        DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
        REDIS_URL: "redis://127.0.0.1:1/0",
        LISTEN_ADDR: `127.0.0.1:${port}`,
      },
      stdio: "ignore",
    });
    try {
      expect(await healthOf(port)).toBe(200);
    } finally {
      service.kill("SIGKILL");
    }
  });

  // With empty caches a build takes minutes; bench/image.ts measures that.
  it(
    "has the same digest when every layer is built again",
    () => {
      const before = workspace.outputs().index;
      expect(build(true)).toBe(before);
    },
    20 * minutes,
  );
});
