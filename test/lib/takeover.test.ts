import { otherImage } from "../../lib/takeover.ts";

const image = "ghcr.io/acme/app:1.0.0@sha256:aa";

test("an application that is not the one the data is from is told", () => {
  expect(otherImage(image, "sha256:bb")).toBe(
    `acci:image.version: is sha256:bb, but the site that is taken over from ran ${image}; set it to that version, unless another one is meant`,
  );
});

test("the same one is not, nor one of which nothing is known", () => {
  expect(otherImage(image, "sha256:aa")).toBeUndefined();
  expect(otherImage(undefined, "sha256:bb")).toBeUndefined();
  expect(otherImage(image, undefined)).toBeUndefined();
});
