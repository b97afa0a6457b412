import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestRegistry } from "../testing/registry.ts";
import { Workspace } from "../testing/workspace.ts";

describe("docker-build and docker under the real CLI, with buildah and a registry of their own", () => {
  const folder = mkdtempSync(join(tmpdir(), "acci-image-"));
  const context = join(folder, "context");
  let registry: TestRegistry;
  let workspace: Workspace;

  const program = (tag = "1", buildArgs = {}) => `
    const image = new sdk.docker_build.Image("app", {
      context: { location: ${JSON.stringify(context)} }, push: true, platforms: ["linux/amd64"],
      tags: ["ghcr.io/acci/app:1-amd64"], buildArgs: ${JSON.stringify(buildArgs)},
    });
    const index = new sdk.docker_build.Index("index", { tag: "ghcr.io/acci/app:1", sources: [image.ref] });
    exports.ref = image.ref;
    exports.index = index.ref;
    exports.found = index.ref.apply(() => sdk.docker.getRegistryImage({ name: "ghcr.io/acci/app:${tag}" })).sha256Digest;`;

  beforeAll(async () => {
    registry = await TestRegistry.start();
    mkdirSync(context);
    writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY a.txt /a.txt\n");
    writeFileSync(join(context, "a.txt"), "one");
    workspace = new Workspace({
      ACCI_REGISTRY: registry.address,
      ACCI_BUILDAH_ROOT: join(folder, "storage"),
      ACCI_BUILDAH_RUNROOT: join(folder, "run"),
    });
  });
  afterAll(() => {
    registry.stop();
    workspace.remove();
    spawnSync("umount", [join(folder, "storage/overlay")]); // buildah leaves its storage mounted upon itself
    rmSync(folder, { recursive: true, force: true });
  });

  it("builds, pushes, joins and looks up an image, and builds again only for other contents", () => {
    workspace.program(program());
    workspace.run("up", "--yes");
    const first = workspace.outputs() as { ref: string; index: string; found: string };
    expect(first.ref).toMatch(/^ghcr\.io\/acci\/app:1-amd64@sha256:[0-9a-f]{64}$/);
    expect(first.index).toBe(`ghcr.io/acci/app:1@${first.found}`);
    expect(workspace.run("preview", "--expect-no-changes")).toContain("3 unchanged");

    writeFileSync(join(context, "a.txt"), "two");
    expect(workspace.run("up", "--yes", "--skip-preview")).toContain("2 updated");
    const second = workspace.outputs().ref;
    expect(second).not.toBe(first.ref);
    writeFileSync(join(context, "a.txt"), "one");
    workspace.run("up", "--yes", "--skip-preview");
    expect(workspace.outputs().ref).toBe(first.ref);
  });

  it("makes labels of its own arguments, not of those of an earlier build", () => {
    writeFileSync(join(context, "Dockerfile"), 'FROM scratch\nARG V=none\nLABEL v="${V}"\nCOPY a.txt /a.txt\n');
    const refOf = (buildArgs: object) => {
      workspace.program(program("1", buildArgs));
      workspace.run("up", "--yes", "--skip-preview");
      return workspace.outputs().ref;
    };
    const refs = [{ V: "1" }, { V: "2" }, {}].map(refOf);
    expect(new Set(refs).size).toBe(3);
    expect(refOf({ V: "1" })).toBe(refs[0]);
    writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY a.txt /a.txt\n");
    workspace.program(program());
    workspace.run("up", "--yes", "--skip-preview");
  });

  it("shows the failing step in the preview", () => {
    writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY nothing /nothing\n");
    const output = workspace.fail("preview");
    expect(output).toContain("the build failed at STEP 2/2: COPY nothing /nothing");
    writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY a.txt /a.txt\n");
  });

  it("names the tags there are, and removes its own", () => {
    workspace.program(program("9"));
    expect(workspace.fail("preview")).toContain("ghcr.io/acci/app: has no tag or digest 9; its tags are 1, 1-amd64");
    expect(workspace.run("destroy", "--yes")).toContain("3 deleted");
  });
});
