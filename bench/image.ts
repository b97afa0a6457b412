import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildahEnvironment } from "../local/images/build.ts";
import { registry } from "../local/lib/addresses.ts";
import { project } from "../tooling/paths.ts";
import { run } from "../tooling/run.ts";
import { parseReference } from "../local/pulumi/registry/reference.ts";
import { Registry } from "../local/pulumi/registry/registry.ts";
import { list, object, text } from "../local/pulumi/serve/values.ts";
import { outputs } from "../local/stack/pulumi.ts";
import type { Figure } from "./figure.ts";

const platforms = ["amd64", "arm64"] as const;
const trust = "/etc/ssl/certs/ca-certificates.crt";

interface Published {
  readonly architecture: string;
  /** Digest of the image's configuration, which names every layer's content: equal digests are equal images. */
  readonly config: string;
  readonly megabytes: number;
}

/** The images of an index in the registry, one for each platform. */
export async function published(ref: string): Promise<Published[]> {
  process.env.ACCI_REGISTRY ??= registry;
  const reference = parseReference(ref);
  const images = new Registry(reference);
  const { content } = await images.requireManifest(reference.digest!);
  return Promise.all(
    list(content.manifests).map(async (entry) => {
      const { digest, platform } = object(entry);
      const { config, layers } = (await images.requireManifest(text(digest))).content;
      const bytes = list(layers).reduce((sum: number, layer) => sum + Number(object(layer).size), 0);
      return {
        architecture: text(object(platform).architecture),
        config: text(object(config).digest),
        megabytes: Math.round(bytes / 1e5) / 10,
      };
    }),
  );
}

const devImage = async () => published(String((await outputs("dev")).imageRef));

/** Megabytes that a node downloads, for the larger of the two images. */
export async function imageSize(): Promise<Figure> {
  const halves = await devImage();
  const detail = `compressed; ${halves.map((half) => `${half.architecture} ${half.megabytes} MB`).join(", ")}`;
  return { name: "image-size", value: Math.max(...halves.map((half) => half.megabytes)), unit: "MB", bar: 25, detail };
}

/** Builds the image for one platform. Returns the seconds it took and the digest of its configuration. */
async function build(architecture: string, source: string, caches: string, ...flags: string[]) {
  const { ACCI_BUILDAH_ROOT: root, ACCI_BUILDAH_RUNROOT: runroot } = buildahEnvironment();
  const digest = path.join(caches, "digest");
  const start = performance.now();
  await run(
    "buildah",
    [
      ...["--root", root, "--runroot", runroot, "build", "--isolation", "chroot", "--network", "host", "--layers"],
      ...["--timestamp", "0", "--build-arg", "BUILDPLATFORM=linux/amd64", "--platform", `linux/${architecture}`],
      ...["--volume", `${trust}:${trust}:ro`, "--iidfile", digest, "--ignorefile", path.join(source, ".dockerignore")],
      ...["--tag", `localhost/acci-bench/${architecture}`, ...flags, source],
    ],
    // buildah also keeps the cache mounts of a RUN there.
    { env: { ...process.env, TMPDIR: caches } },
  );
  return { seconds: (performance.now() - start) / 1000, config: readFileSync(digest, "utf8").trim() };
}

/** Builds both images with empty caches, then again after a change of one line. */
export async function builds() {
  const folder = mkdtempSync(path.join(os.tmpdir(), "acci-bench-"));
  const [source, caches] = [path.join(folder, "app"), path.join(folder, "caches")];
  mkdirSync(caches);
  cpSync(path.join(project, "app"), source, { recursive: true, filter: (from) => path.basename(from) !== "target" });
  try {
    const cold = [];
    for (const architecture of platforms) cold.push(await build(architecture, source, caches, "--no-cache"));
    appendFileSync(path.join(source, "src/main.rs"), "\n// one more line\n");
    const warm = [];
    for (const architecture of platforms) warm.push(await build(architecture, source, caches));
    return { cold, warm };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// Kept, because two figures share these minutes of work.
let measured: ReturnType<typeof builds> | undefined;
const measure = () => (measured ??= builds());

export async function rebuild(): Promise<Figure> {
  const { cold, warm } = await measure();
  const sum = (times: readonly { seconds: number }[]) => times.reduce((total, { seconds }) => total + seconds, 0);
  const value = Math.round((sum(warm) / sum(cold)) * 100) / 100;
  const detail = `${sum(warm).toFixed(0)} s after a change of one line against ${sum(cold).toFixed(0)} s from nothing, both platforms`;
  return { name: "rebuild", value, unit: "times", bar: 0.25, detail };
}

/** Number of images of dev that differ from a build with empty caches. */
export async function reproducible(): Promise<Figure> {
  const { cold } = await measure();
  const running = (await devImage()).map(({ config }) => config);
  const value = cold.filter(({ config }) => !running.includes(config)).length;
  return { name: "unreproducible", value, unit: "platforms", bar: 0, detail: "empty caches against what dev runs" };
}
