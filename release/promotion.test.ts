import { missingPlatforms, notFound } from "./promotion.ts";
import { refusal } from "./signature.ts";

const reference = "ghcr.io/broccode/acci-framework:1.0.0";

test("a version that was never pushed says what to do", () => {
  expect(notFound(reference, new Error("\nmanifest unknown\n    at trace"))).toBe(
    `acci:image.version: must be a tag in the registry, got ${reference} (manifest unknown); ` +
      "push it from the stack that builds, or log in to the registry if it is private",
  );
});

test("an index with the wanted platforms and more is fine", () => {
  expect(
    missingPlatforms(reference, ["linux/amd64"], ["linux/amd64", "linux/arm64", "unknown/unknown"]),
  ).toBeUndefined();
});

test("an index that lacks a platform says which it has", () => {
  const wanted = ["linux/amd64", "linux/arm64"];
  expect(missingPlatforms(reference, wanted, ["linux/amd64", "unknown/unknown"])).toBe(
    `acci:image.platforms: must all be in ${reference}, got linux/amd64 without linux/arm64; ` +
      "build the version for them with acci:image.build.platforms, or take them off the list",
  );
  expect(missingPlatforms(reference, ["linux/amd64"], [])).toContain("got none without linux/amd64");
});

test.each([
  [{ code: "ENOENT" }, "acci:image.publicKey: needs cosign to check signatures; install it and put it on the PATH"],
  [
    {
      code: 1,
      stderr: "WARNING: x\nError: no signatures found\nerror during command execution: no signatures found\n",
    },
    "acci:image.publicKey: must have made a signature of image@sha256:1; it verifies none (no signatures found); " +
      "release the image with `make release`, or set the key it was released with",
  ],
  [
    { code: 1, stderr: "Error: loading public key: pem to public key: PEM decoding failed\n" },
    "acci:image.publicKey: must be a PEM public key that cosign can read " +
      "(loading public key: pem to public key: PEM decoding failed); copy the file cosign.pub into it",
  ],
  [
    { killed: true },
    "acci:image.publicKey: must have made a signature of image@sha256:1; it verifies none (no answer within 60 s); " +
      "release the image with `make release`, or set the key it was released with",
  ],
])("what cosign refuses is one sentence: %p", (failure, sentence) => {
  expect(refusal("image@sha256:1", "a signature", failure)).toBe(sentence);
});
