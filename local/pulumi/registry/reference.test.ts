import { endpointOf, parseReference, pushName, withDigest } from "./reference.ts";

const digest = `sha256:${"a".repeat(64)}`;

describe("image references", () => {
  afterEach(() => delete process.env.ACCI_REGISTRY);

  it.each([
    ["redis", { host: "docker.io", repository: "library/redis", tag: "latest" }],
    ["docker.io/library/redis:7.0", { host: "docker.io", repository: "library/redis", tag: "7.0" }],
    ["index.docker.io/bitnami/redis", { host: "docker.io", repository: "bitnami/redis", tag: "latest" }],
    ["ghcr.io/a/b/c:v1", { host: "ghcr.io", repository: "a/b/c", tag: "v1" }],
    ["localhost:5000/x", { host: "localhost:5000", repository: "x", tag: "latest" }],
    [`gcr.io/a/b:1@${digest}`, { host: "gcr.io", repository: "a/b", tag: "1", digest }],
  ])("%s", (name, expected) => {
    expect(parseReference(name)).toEqual(expected);
  });

  it("rejects what is no image name", () => {
    expect(() => parseReference("ghcr.io/Acci:1")).toThrow('image: not an image name, got "ghcr.io/Acci:1"');
  });

  it("speaks to the registry that stands for all others, with the same path", () => {
    const reference = parseReference("redis:7");
    expect(endpointOf(reference)).toBe("https://registry-1.docker.io");
    expect(pushName(reference)).toBe("docker://docker.io/library/redis:7");
    process.env.ACCI_REGISTRY = "127.0.0.1:5000";
    expect(endpointOf(reference)).toBe("http://127.0.0.1:5000");
    expect(pushName(reference)).toBe("docker://127.0.0.1:5000/library/redis:7");
  });

  it("adds a digest to the name as it was written", () => {
    expect(withDigest("ghcr.io/a:1", digest)).toBe(`ghcr.io/a:1@${digest}`);
  });
});
