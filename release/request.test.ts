import { parseRequest } from "./request.ts";

const digest = `sha256:${"a".repeat(64)}`;

it("takes the name and the digest from a reference, whatever its tag", () => {
  const env = { COSIGN_KEY: import.meta.filename, COSIGN_PASSWORD: "" };
  expect(parseRequest(["1.2.3", `ghcr.io/a/b:dev@${digest}`], env)).toEqual({
    version: "1.2.3",
    repository: "ghcr.io/a/b",
    digest,
    key: import.meta.filename,
  });
});

it("says everything that is missing at once", () => {
  expect(() => parseRequest(["latest", "ghcr.io/a/b:dev"], { COSIGN_KEY: "/nowhere" })).toThrow(
    [
      "release: cannot start",
      '  - VERSION: must be three numbers, got "latest"; set it to, for example, 1.2.3',
      '  - image: must be a reference by digest, got "ghcr.io/a/b:dev"; take it from `pulumi stack output imageRef`',
      '  - COSIGN_KEY: must be the path of the private key, got "/nowhere"; make one with `cosign generate-key-pair`',
      "  - COSIGN_PASSWORD: is required, got nothing; export the password of the key, empty if it has none",
    ].join("\n"),
  );
});
