import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Plugin } from "../testing/plugin.ts";

const token = "docker:index/getRegistryImage:getRegistryImage";
const manifestsToken = "docker:index/getRegistryImageManifests:getRegistryImageManifests";
const index = JSON.stringify({
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.index.v1+json",
  manifests: [
    {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: "sha256:a",
      platform: { os: "linux", architecture: "arm64" },
    },
  ],
});
const manifest = JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json" });

describe("getRegistryImage over gRPC, on a registry with one tag", () => {
  const server = createServer((request, response) => {
    if (request.url === "/v2/acci/app/manifests/1.0") response.end(manifest);
    else if (request.url === "/v2/acci/app/manifests/both") response.end(index);
    else if (request.url === "/v2/acci/app/tags/list") response.end('{"tags":["0.9","1.0"]}');
    else response.writeHead(404).end();
  });
  let plugin: Plugin;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    plugin = new Plugin("docker", { ACCI_REGISTRY: `127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  afterAll(async () => {
    await plugin.stop();
    server.close();
  });

  it("finds the digest of a tag", async () => {
    const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
    const { sha256Digest, name } = await plugin.invoke(token, { name: "ghcr.io/acci/app:1.0" });
    expect(name).toBe("ghcr.io/acci/app:1.0");
    expect(sha256Digest).toBe(digest);
  });

  it("lists the tags there are when it is asked for another", async () => {
    await expect(plugin.invoke(token, { name: "ghcr.io/acci/app:2.0" })).rejects.toThrow(
      "ghcr.io/acci/app: has no tag or digest 2.0; its tags are 0.9, 1.0",
    );
    await expect(plugin.invoke(token, { name: "ghcr.io/acci/other:1" })).rejects.toThrow(
      "the repository is empty or does not exist",
    );
  });

  it("lists the platforms of an index, and none of an image by itself", async () => {
    const { manifests } = await plugin.invoke(manifestsToken, { name: "ghcr.io/acci/app:both" });
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    expect(manifests).toEqual([{ os: "linux", architecture: "arm64", mediaType, sha256Digest: "sha256:a" }]);
    expect((await plugin.invoke(manifestsToken, { name: "ghcr.io/acci/app:1.0" })).manifests).toEqual([]);
  });

  it("names a resource it does not have", async () => {
    await expect(plugin.check("docker:index/container:Container", "x", {}, {})).rejects.toThrow(
      "docker stand-in: docker:index/container:Container is not implemented",
    );
  });
});
