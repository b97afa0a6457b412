import { digestOf, Image } from "./image.ts";
import { DIGEST, find, namesOf, record } from "../test/recorder.ts";

const repository = "ghcr.io/broccode/acci-framework";
const build = { context: "./app", platforms: ["linux/amd64", "linux/arm64"], tags: ["1.0.0", "latest"] } as const;

test("builds each platform with its own cache and joins them under every tag", async () => {
  const resources = await record((opts) => void new Image("image", { repository, build }, opts));
  expect(namesOf(resources, "docker-build:index:Image")).toEqual(["image-amd64", "image-arm64"]);
  expect(namesOf(resources, "docker-build:index:Index")).toEqual(["image-1.0.0", "image-latest"]);
  expect(find(resources, "docker-build:index:Image", "image-arm64").inputs).toEqual({
    buildArgs: { SOURCE_DATE_EPOCH: "0" },
    buildOnPreview: false,
    cacheFrom: [{ registry: { ref: `${repository}:cache-arm64` } }],
    cacheTo: [{ registry: { ref: `${repository}:cache-arm64`, mode: "max" } }],
    context: { location: "./app" },
    network: "default",
    platforms: ["linux/arm64"],
    push: true,
    tags: [`${repository}:1.0.0-arm64`],
  });
  expect(find(resources, "docker-build:index:Index", "image-latest").inputs).toEqual({
    push: true,
    sources: [`${repository}:1.0.0-amd64@${DIGEST}`, `${repository}:1.0.0-arm64@${DIGEST}`],
    tag: `${repository}:latest`,
  });
});

test("promotes a version by its digest and builds nothing", async () => {
  let image: Image | undefined;
  const resources = await record(
    (opts) => void (image = new Image("image", { repository, promoted: { version: "1.0.0", digest: DIGEST } }, opts)),
  );
  expect(resources.map((r) => r.type)).toEqual(["acci:index:Image"]);
  expect(await promiseOf(image!.ref)).toBe(`${repository}:1.0.0@${DIGEST}`);
});

test("needs to know what to do", async () => {
  const building = record((opts) => void new Image("image", { repository }, opts));
  await expect(building).rejects.toThrow("build: must be given when promoted is not; give one of them");
});

test("a reference without a digest is refused", () => {
  expect(digestOf(`a:1@${DIGEST}`)).toBe(DIGEST);
  expect(() => digestOf("a:1")).toThrow(
    "image reference: must end in a digest, got a:1; push the image so that the registry names one",
  );
});

/** The SDK's own way to await an output in a test. */
const promiseOf = <T>(output: { promise?: () => Promise<T> } | unknown): Promise<T> =>
  (output as { promise(): Promise<T> }).promise();
