import { checkImage, normalizeImage } from "./image-inputs.ts";

describe("inputs of an image", () => {
  const context = { location: __dirname };
  const dockerfile = { location: __filename };

  it("gets Docker's default Dockerfile", () => {
    expect(normalizeImage({ context })).toEqual({ context, dockerfile: { location: `${__dirname}/Dockerfile` } });
  });

  it("takes what the SDK fills in by itself", () => {
    const inputs = {
      context,
      dockerfile,
      network: "default",
      buildOnPreview: true,
      push: true,
      tags: ["ghcr.io/a:1"],
      exports: [],
      load: false,
    };
    expect(checkImage(inputs)).toEqual([]);
  });

  it("rejects by name what it does not do, and names what is wrong", () => {
    const inputs = {
      context: { location: "/nowhere" },
      dockerfile,
      exports: [{ raw: "type=tar" }],
      load: true,
      push: true,
      network: "sandbox",
    };
    expect(checkImage(inputs).map(({ property, reason }) => `${property}: ${reason.split(";")[0]}`)).toEqual([
      "exports: docker-build stand-in: exports is not implemented",
      "load: docker-build stand-in: load is not implemented",
      "network: must be one of default, host, none, got sandbox",
      "tags: required to push",
      "context.location: must be a folder on this machine, got /nowhere",
    ]);
  });
});
