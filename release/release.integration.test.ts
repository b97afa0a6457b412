import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { labelsOf } from "./labels.ts";
import { verifySignature } from "./signature.ts";
import { bin } from "../tooling/paths.ts";
import { parseReference } from "../local/pulumi/registry/reference.ts";
import { Registry } from "../local/pulumi/registry/registry.ts";
import { TestRegistry } from "../local/pulumi/testing/registry.ts";
import { installSigningTools } from "../local/signing/install.ts";

const repository = "ghcr.io/acci/released";
const config = "application/vnd.oci.image.config.v1+json";

// The generator takes minutes to compile; what it says of the application is not what is tested here.
const generator = `#!/bin/sh
while [ "$1" != --override-filename ]; do shift; done
echo '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"axum"}]}' > "$APP/$2.json"
`;

describe("a release, with the real cosign and a real registry", () => {
  const folder = mkdtempSync(join(tmpdir(), "acci-release-"));
  const path = process.env.PATH;
  let server: TestRegistry;
  let images: Registry;
  let env: NodeJS.ProcessEnv;
  let publicKey: string;

  /** Pushes the smallest thing that has a digest. */
  async function push(tag: string): Promise<string> {
    const body = Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", config: { Labels: { tag } } }));
    const digest = await images.putBlob(body);
    const content = { schemaVersion: 2, config: { mediaType: config, digest, size: body.length }, layers: [] };
    return images.putManifest(tag, "application/vnd.oci.image.manifest.v1+json", content);
  }

  function keyPair(name: string): string {
    const made = spawnSync("cosign", ["generate-key-pair", "--output-key-prefix", join(folder, name)], { env });
    if (made.status !== 0) throw new Error(made.stderr.toString());
    const shown = spawnSync("cosign", ["public-key", "--key", join(folder, `${name}.key`)], { env });
    return shown.stdout.toString();
  }

  function release(version: string, digest: string, key = "ours") {
    const args = [resolve(import.meta.dirname, "main.ts"), version, `${repository}@${digest}`];
    return spawnSync(process.execPath, args, {
      env: { ...env, COSIGN_KEY: join(folder, `${key}.key`) },
      encoding: "utf8",
    });
  }

  const reasonOf = (digest: string, key = publicKey) =>
    verifySignature(`${repository}@${digest}`, key).then(
      () => "accepted",
      (error: Error) => error.message,
    );

  beforeAll(async () => {
    server = await TestRegistry.start();
    process.env.ACCI_REGISTRY = server.address;
    images = new Registry(parseReference(`${repository}:1`));
    const tools = join(folder, "tools");
    installSigningTools(tools);
    mkdirSync(join(folder, "sbom"));
    writeFileSync(join(folder, "sbom/cargo"), generator, { mode: 0o755 });
    process.env.PATH = [join(folder, "sbom"), tools, path, bin].join(delimiter);
    env = { ...process.env, COSIGN_PASSWORD: "a password", APP: resolve(import.meta.dirname, "../app") };
    publicKey = keyPair("ours");
  });
  afterAll(() => {
    process.env.PATH = path;
    delete process.env.ACCI_REGISTRY;
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is read for its labels by digest, and what is missing says so", async () => {
    const digest = await push("labeled");
    const image = `${repository}:1.0.0@${digest}`;
    expect(await labelsOf(image, "linux/amd64")).toEqual({ tag: "labeled" });
    const index = await images.putManifest("index", "application/vnd.oci.image.index.v1+json", {
      schemaVersion: 2,
      manifests: [
        {
          mediaType: "application/vnd.oci.image.manifest.v1+json",
          digest,
          size: (await images.requireManifest(digest)).size,
          platform: { os: "linux", architecture: "amd64" },
        },
      ],
    });
    expect(await labelsOf(`${repository}@${index}`, "linux/amd64")).toEqual({ tag: "labeled" });
    await expect(labelsOf(`${repository}@sha256:${"0".repeat(64)}`, "linux/amd64")).rejects.toThrow(
      /^crane config: .*MANIFEST_UNKNOWN/,
    );
  });

  it("signs, attaches the SBOM and names the version; a second time it finds everything done", async () => {
    const digest = await push("first");
    const first = release("1.0.0", digest);
    expect(first.stderr).toBe("");
    expect(first.stdout.split("\n").map((line) => line.replace(/^\S+ /, ""))).toEqual([
      "signed",
      "SBOM attached",
      "is 1.0.0 and latest",
      "",
    ]);
    expect((await images.requireManifest("1.0.0")).digest).toBe(digest);
    expect((await images.requireManifest("latest")).digest).toBe(digest);
    expect(await reasonOf(digest)).toBe("accepted");
    expect(release("1.0.0", digest).stdout).toContain("is 1.0.0 already");
  });

  it("never moves a version to another image, and leaves that one unsigned", async () => {
    const digest = await push("second");
    const { status, stderr } = release("1.0.0", digest);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^VERSION: must not be released before, got 1\.0\.0, which is sha256:\S+ in .* and would become .*; choose the next version\n$/,
    );
    expect(await reasonOf(digest)).toContain("(no signatures found)");
  });

  it("refuses a key that signed nothing, and a tag that was moved to something else", async () => {
    const { digest } = await images.requireManifest("1.0.0");
    expect(await reasonOf(digest, keyPair("theirs"))).toBe(
      `acci:image.publicKey: must have made a signature of ${repository}@${digest}; it verifies none ` +
        "(no matching signatures: invalid signature when validating ASN.1 encoded signature); " +
        "release the image with `make release`, or set the key it was released with",
    );
    const { mediaType, content } = await images.requireManifest(await push("third"));
    const moved = await images.putManifest("1.0.0", mediaType, content);
    expect(await reasonOf(moved)).toContain("(no signatures found)");
  });

  it("refuses a signature that was copied from another image", async () => {
    const signed = (await images.requireManifest("latest")).digest;
    const forged = await push("fourth");
    const signature = await images.requireManifest(`${signed.replace(":", "-")}.sig`);
    await images.putManifest(`${forged.replace(":", "-")}.sig`, signature.mediaType, signature.content);
    expect(await reasonOf(forged)).toContain("must have made a signature of");
  });

  it("refuses an image that is signed but has no SBOM", async () => {
    const digest = await push("fifth");
    const args = ["sign", "--key", join(folder, "ours.key"), "--tlog-upload=false", "--yes", `${repository}@${digest}`];
    expect(spawnSync("cosign", args, { env }).status).toBe(0);
    expect(await reasonOf(digest)).toMatch(/^acci:image\.publicKey: must have made an SBOM of .*; it verifies none/);
  });

  it("says what it needs of a key it cannot read", async () => {
    const { digest } = await images.requireManifest("latest");
    expect(await reasonOf(digest, "-----BEGIN PUBLIC KEY-----\nnonsense")).toMatch(
      /^acci:image\.publicKey: must be a PEM public key that cosign can read/,
    );
  });
});
