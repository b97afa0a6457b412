import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { forgetImage } from "../cluster/cluster.ts";
import { registry } from "../lib/addresses.ts";
import { inState } from "../lib/paths.ts";
import { bin, inCache } from "../../tooling/paths.ts";
import { run } from "../../tooling/run.ts";
import { download } from "../lib/download.ts";
import { phase } from "../lib/progress.ts";
import { fetchWheels } from "../lib/wheels.ts";
import { identityOf } from "../toolchain/build.ts";
import { buildPlatform, hasEveryPlatform } from "./platforms.ts";
import {
  baseImage,
  binaryImages,
  debianImages,
  nodeImage,
  npmPackage,
  type BinaryImage,
  type DebianImage,
} from "./list.ts";

const folder = import.meta.dirname;
const log = inState("log", "images.log");

/** Folders of buildah's layers and state; the program's image builds use them too. */
export const buildahEnvironment = () => ({
  ACCI_BUILDAH_ROOT: inCache("buildah"),
  ACCI_BUILDAH_RUNROOT: inState("buildah"),
  // Folder for a Dockerfile's cache mounts; buildah's default is shared by the whole machine.
  TMPDIR: inCache("tmp"),
});

async function buildah(args: readonly string[]): Promise<string> {
  const environment = buildahEnvironment();
  mkdirSync(environment.TMPDIR, { recursive: true });
  const storage = ["--root", environment.ACCI_BUILDAH_ROOT, "--runroot", environment.ACCI_BUILDAH_RUNROOT];
  return run("buildah", [...storage, ...args], { env: { ...process.env, ...environment }, log });
}

/** Builds an image from a folder and the text of a Dockerfile. */
async function buildFrom(name: string, context: string, dockerfile: string): Promise<void> {
  const file = `${context}.Dockerfile`;
  writeFileSync(file, dockerfile);
  try {
    await buildah(["build", "--isolation", "chroot", "--timestamp", "0", "-t", name, "-f", file, context]);
  } finally {
    rmSync(file);
  }
}

/** Calls `work` with a temporary folder for one image's files. */
async function withContext(work: (context: string) => Promise<void>): Promise<void> {
  const context = mkdtempSync(path.join(inCache("tmp"), "image-"));
  try {
    await work(context);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** Removes containers and mounts that a canceled build has left. No build may run meanwhile. */
export async function releaseStorage(): Promise<void> {
  const { ACCI_BUILDAH_ROOT: root } = buildahEnvironment();
  if (!existsSync(root)) return;
  await buildah(["rm", "--all"]);
  const mounted = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  for (const mount of mounted.filter((folder) => folder.startsWith(`${root}/`)).reverse()) await run("umount", [mount]);
}

const record = inCache("images.json");
const built = (): Record<string, string> =>
  existsSync(record) ? (JSON.parse(readFileSync(record, "utf8")) as Record<string, string>) : {};

function remember(name: string, key: string): void {
  writeFileSync(record, JSON.stringify({ ...built(), [name]: key }, null, 2));
}

/** `docker.io/library/redis:7.0` is `library/redis:7.0` in the platform's registry, as containerd asks for it. */
const inRegistry = (name: string) => `${registry}/${name.slice(name.indexOf("/") + 1)}`;

async function push(name: string): Promise<void> {
  await buildah(["push", "--tls-verify=false", "--format", "oci", name, `docker://${inRegistry(name)}`]);
  await forgetImage(name);
}

const sha256 = (...parts: (string | Buffer)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");

const filesOf = (of: string) =>
  readdirSync(of)
    .sort()
    .map((name) => readFileSync(path.join(of, name)));

const pauseSource = path.join(folder, "pause/pause.c");

/** Compiles the only binary of the platform that is not a Go tool. */
const compilePause = () => run("gcc", ["-Os", "-static", "-s", "-o", path.join(bin, "pause"), pauseSource]);

const sourceOf = ({ tool }: BinaryImage) => (tool === "pause" ? readFileSync(pauseSource) : identityOf(tool));

const buildBinary = (image: BinaryImage) =>
  withContext(async (context) => {
    if (image.tool === "pause") await compilePause();
    const target = path.join(context, image.path);
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(path.join(bin, image.tool), target);
    for (const [link, to] of Object.entries(image.links ?? {})) symlinkSync(to, path.join(context, link));
    const user = image.user ?? "65532:65532";
    await buildFrom(image.name, context, `FROM scratch\nCOPY . /\nUSER ${user}\nENTRYPOINT ["${image.path}"]\n`);
  });

const buildBase = () =>
  withContext(async (context) => {
    const archive = path.join(context, "debian.tar");
    const options = ["--variant=apt", "--mode=root", "--skip=check/empty"];
    await download("packages of Debian", () => {
      rmSync(archive, { force: true });
      return run("mmdebstrap", [...options, "bookworm", archive], { log });
    });
    await buildFrom(baseImage, context, "FROM scratch\nADD debian.tar /\n");
  });

/** An image of the machine's own Node.js and npm, because no package of Debian is new enough. */
const buildNode = () =>
  withContext(async (context) => {
    const local = path.join(context, "usr/local");
    mkdirSync(path.join(local, "bin"), { recursive: true });
    copyFileSync(process.execPath, path.join(local, "bin/node"));
    const install = ["install", "--prefix", path.join(local, "lib"), "--ignore-scripts", "--no-save", npmPackage];
    await download(npmPackage, () => run("npm", install, { log }));
    symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", path.join(local, "bin/npm"));
    // A build behind a TLS-inspecting proxy has the machine's certificates mounted here.
    const trust = "ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt";
    await buildFrom(nodeImage, context, `FROM ${baseImage}\nCOPY . /\n${trust}\n`);
  });

async function buildDebian(image: DebianImage): Promise<void> {
  const { python } = image;
  if (python === undefined) return buildDockerfile(image);
  await withContext(async (wheels) => {
    const target = ["--implementation=cp", `--python-version=${python}`, "--platform=manylinux2014_x86_64"];
    // Fetched by the machine, because a build lacks its certificates and mirrors.
    await fetchWheels(path.join(folder, image.folder, "requirements.txt"), wheels, log, target);
    await buildDockerfile(image, ["--volume", `${wheels}:/wheels:ro`]);
  });
}

const wantedPlatforms = ({ platforms = [] }: DebianImage) =>
  hasEveryPlatform() ? platforms : platforms.filter((platform) => platform === buildPlatform);

async function buildDockerfile(image: DebianImage, options: readonly string[] = []): Promise<void> {
  const context = path.join(folder, image.folder);
  // Images of an earlier build are removed: a list would be added to, and an image cannot become a list.
  if (image.platforms)
    for (const remove of [["manifest", "rm"], ["rmi"]]) await buildah([...remove, image.name]).catch(() => {});
  const build = [
    ...["build", "--isolation", "chroot", "--network", "host", "--layers", "--timestamp", "0"],
    // buildah 1.28 does not set this argument itself.
    ...["--build-arg", `BUILDPLATFORM=${buildPlatform}`],
    ...options,
    ...(image.platforms
      ? ["--platform", wantedPlatforms(image).join(","), "--manifest", image.name]
      : ["--tag", image.name]),
    context,
  ];
  // The steps of a Dockerfile install packages from the network; finished ones are kept as layers.
  await download(image.name, () => buildah(build));
}

interface Work {
  readonly name: string;
  readonly key: string;
  readonly build: () => Promise<void>;
  /** Whether the image is used only as a base and not pulled from the registry. */
  readonly localOnly: boolean;
  /** Whether the image contains one of the platform's tools. */
  readonly ofTool?: boolean;
  readonly later?: boolean | undefined;
}

/** Images that are missing or out of date, bases first. */
function missing(): Work[] {
  const work: Work[] = [
    { name: baseImage, key: "bookworm", build: buildBase, localOnly: true },
    { name: nodeImage, key: `${process.version} ${npmPackage}`, build: buildNode, localOnly: true },
    ...debianImages.map((image) => ({
      name: image.name,
      key: sha256(...wantedPlatforms(image), ...filesOf(path.join(folder, image.folder))),
      build: () => buildDebian(image),
      localOnly: image.localOnly ?? false,
      later: image.later,
    })),
    ...binaryImages.map((image) => ({
      name: image.name,
      key: sha256(JSON.stringify(image), sourceOf(image)),
      build: () => buildBinary(image),
      localOnly: false,
      ofTool: true,
      later: image.later,
    })),
  ];
  const known = built();
  return work.filter(({ name, key }) => known[name] !== key);
}

const ofDev = () => missing().filter(({ later = false }) => !later);
const called = (names: readonly string[]) => missing().filter(({ name }) => names.includes(name));

/** Whether one of these images is missing. */
export const missesImages = (names: readonly string[]): boolean => names.length > 0 && called(names).length > 0;

const phaseOf = ({ name }: Work) => `image ${name}`;

/** Phases of building the images of a dev stack. */
export const imagePhases = () => ofDev().map(phaseOf);

const withoutTools = () => ofDev().filter(({ ofTool = false }) => !ofTool);

/** Phases of the images that are built while the tools are. */
export const imagePhasesBeside = () => withoutTools().map(phaseOf);

/** Keys of the images built by this process. By key, because the wanted platforms of an image may change. */
const prepared = new Set<string>();

async function prepare(work: Work): Promise<void> {
  mkdirSync(inCache("tmp"), { recursive: true });
  if (prepared.has(work.key)) return;
  await phase(phaseOf(work), work.build);
  prepared.add(work.key);
}

/** Builds the images of a dev stack that need neither the tools nor the cluster, while another build waits for the network. */
export async function prepareImages(): Promise<void> {
  for (const work of withoutTools()) await prepare(work);
}

/** Builds these images and pushes them to the platform's registry. @default - the images of a dev stack */
export async function buildImages(names?: readonly string[]): Promise<void> {
  for (const work of names ? called(names) : ofDev()) {
    await prepare(work);
    if (!work.localOnly) await push(work.name);
    remember(work.name, work.key);
  }
}
