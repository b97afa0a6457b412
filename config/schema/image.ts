import { choice, flag, imageReference, list, pattern, section, text } from "./types.ts";

export const image = section(
  "The application's image: either built here (`build`) or promoted by version (`version`).",
  {
    repository: imageReference("Repository without a tag.", "ghcr.io/broccode/acci-framework"),
    version: pattern(/^[\w][\w.-]*$/, "an image tag", "Tag to promote; resolved to its digest.", "1.0.0").optional(),
    platforms: list(
      choice(["linux/amd64", "linux/arm64"], "Platform."),
      "Platforms a promoted image must have: those of the cluster's nodes.",
      "[linux/amd64, linux/arm64]",
    ).default(["linux/amd64"]),
    publicKey: pattern(
      /^-----BEGIN PUBLIC KEY-----/,
      "a PEM public key",
      "Key that must have signed a promoted image and its SBOM.",
      '"-----BEGIN PUBLIC KEY-----…"',
    ).optional(),
    schemaCheck: choice(
      ["refuse", "warn"],
      "What happens to a version that the schema of the site's database no longer serves, or that would take from the running one what it uses.",
    ).default("refuse"),
    unsigned: flag("Whether production may deploy an image that nobody signed.").default(false),
    build: section("How to build it.", {
      context: text("Folder with the Dockerfile.", "./app"),
      platforms: list(
        choice(["linux/amd64", "linux/arm64"], "Platform."),
        "Platforms, one cached build each.",
        "[linux/amd64, linux/arm64]",
      ),
      tags: list(
        pattern(/^[\w][\w.-]*$/, "an image tag", "Tag.", "dev"),
        "Tags the joined image gets.",
        "[1.0.0, latest]",
      ),
    }).optional(),
  },
);
