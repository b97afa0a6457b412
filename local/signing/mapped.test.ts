import { mapped } from "./mapped.ts";

const digest = `sha256:${"a".repeat(64)}`;

it("moves image names to the registry that stands for all others, and nothing else", () => {
  const args = ["verify", "--key", "env://KEY", "./app/cosign.key", "/tmp/x.y/sbom.json", "1.2.3"];
  expect(mapped([...args, `ghcr.io/a/b@${digest}`, "ghcr.io/a/b:1.0"], "10.0.0.1:5000")).toEqual([
    ...args,
    `10.0.0.1:5000/a/b@${digest}`,
    "10.0.0.1:5000/a/b:1.0",
  ]);
});

it("leaves what a signature says of itself alone", () => {
  const args = ["--sign-container-identity=ghcr.io/a/b"];
  expect(mapped(args, "10.0.0.1:5000")).toEqual(args);
});

it("moves nothing where names mean what they say", () => {
  expect(mapped(["ghcr.io/a/b:1"], undefined)).toEqual(["ghcr.io/a/b:1"]);
});
