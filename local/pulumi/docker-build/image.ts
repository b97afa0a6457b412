import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { diffInputs, type Diff } from "../serve/diff.ts";
import { localRegistry, parseReference, pushName, withDigest } from "../registry/reference.ts";
import { Registry, type Credentials } from "../registry/registry.ts";
import type { Context, Resource } from "../serve/provider.ts";
import { hasUnknown, list, plain, redact, text, unknown, type Props } from "../serve/values.ts";
import { openArguments, withArguments } from "./arguments.ts";
import { withBuildah, type Session } from "./buildah.ts";
import { contextHash, ignoreFile } from "./context.ts";
import { contextOf, dockerfileOf, imageOf, type ImageInputs } from "./image-inputs.ts";
import { registriesConf, registryHosts } from "./registries.ts";

/** Certificates of the machine. A build behind a TLS-inspecting proxy needs them; elsewhere the file is the distribution's own. */
const trustBundle = "/etc/ssl/certs/ca-certificates.crt";

const buildPlatform = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;

/**
 * Changes of an image's inputs. Credentials may be short-lived, and a cache is not part of the result, so a change of either does not
 * change the image.
 */
export function diffImage(olds: Props, state: Props, news: Props): Diff {
  const comparable = ({
    registries,
    cacheFrom: _from,
    cacheTo: _to,
    buildOnPreview: _preview,
    ...inputs
  }: Props): Props => ({
    ...inputs,
    registries: list(plain(registries)).map((entry) => ({ ...(entry as Props), password: undefined })),
  });
  const hash =
    hasUnknown(news.context) || hasUnknown(news.dockerfile) ? unknown : contextHash(contextOf(imageOf(news)));
  const before = { ...comparable(plain(olds)), contextHash: state.contextHash };
  return { detailed: diffInputs(before, { ...comparable(plain(news)), contextHash: hash }, () => false) };
}

async function buildArguments(session: Session, inputs: Props, name: string): Promise<string[]> {
  const image = imageOf(inputs);
  const context = contextOf(image);
  const dockerfile = await session.keep("Dockerfile", withArguments(dockerfileOf(image), openArguments(inputs)));
  const ignored = ignoreFile(context);
  const platforms = image.platforms ?? [];
  const valued = (flag: string, values: readonly string[] = []) => values.flatMap((value) => [flag, value]);
  const secrets = await Promise.all(
    Object.entries(image.secrets ?? {}).map(
      async ([id, value], index) => `id=${id},src=${await session.keep(`secret-${index}`, value)}`,
    ),
  );
  return [
    ...["build", "--isolation", "chroot", "--network", image.network === "none" ? "none" : "host"],
    // No build time goes into the image, so that equal sources give equal digests.
    ...["--layers", "--force-rm", "--timestamp", "0", "--file", dockerfile],
    ...(ignored ? ["--ignorefile", ignored] : []),
    ...(existsSync(trustBundle) ? ["--volume", `${trustBundle}:${trustBundle}:ro`] : []),
    ...(image.noCache ? ["--no-cache"] : []),
    ...(image.pull ? ["--pull-always"] : []),
    ...(image.target ? ["--target", image.target] : []),
    ...(platforms.length > 0 ? ["--platform", platforms.join(",")] : []),
    // BuildKit sets this argument itself; buildah before 1.29 does not.
    ...["--build-arg", `BUILDPLATFORM=${buildPlatform}`],
    ...valued("--add-host", image.addHosts),
    ...valued("--build-arg", argumentFlags(session, inputs)),
    ...valued(
      "--label",
      Object.entries(image.labels ?? {}).map(([key, value]) => `${key}=${value}`),
    ),
    ...valued("--secret", secrets),
    ...valued(
      "--build-context",
      Object.entries(context.named).map(([key, location]) => `${key}=${location}`),
    ),
    ...(platforms.length > 1 ? ["--manifest", name] : ["--tag", name]),
    context.folder,
  ];
}

/** Flags for the build arguments. Secret ones go through the environment, because every process can read a process's arguments. */
function argumentFlags(session: Session, inputs: Props): string[] {
  const open = openArguments(inputs);
  return Object.entries(imageOf(inputs).buildArgs ?? {}).map(([key, value]) => {
    if (key in open) return `${key}=${open[key]}`;
    session.env[key] = String(value);
    return key;
  });
}

/** Builds the image and pushes it under all its tags, unless this is a preview. Returns the digest if the image was pushed. */
export async function buildImage(
  context: Pick<Context, "name" | "preview" | "signal" | "log">,
  inputs: Props,
  configured: readonly Credentials[],
): Promise<string | undefined> {
  const image = imageOf(inputs);
  if (inputs.cacheFrom || inputs.cacheTo)
    context.log.status("cacheFrom and cacheTo are ignored: buildah keeps its own cache");
  const credentials = [...(image.registries ?? []), ...configured];
  return withBuildah({ signal: context.signal, credentials }, async (session) => {
    const registry = localRegistry();
    if (registry) {
      const conf = registriesConf(registryHosts(dockerfileOf(image), image.buildArgs ?? {}), registry);
      session.env.CONTAINERS_REGISTRIES_CONF = await session.keep("registries.conf", conf);
    }
    const name = `localhost/acci-build/${context.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}:build`;
    const isList = (image.platforms ?? []).length > 1;
    // A manifest list of an earlier build is removed, because this build would add to it.
    if (isList) await session.run(["manifest", "rm", name]).catch(() => undefined);
    await session.run(await buildArguments(session, inputs, name), (line) => {
      if (line.includes("STEP ")) context.log.status(redact(line, inputs));
    });
    if (context.preview || !image.push) return undefined;
    return push(context, session, image, name, isList);
  }).catch((error: unknown) => {
    throw new Error(redact((error as Error).message, inputs));
  });
}

async function push(
  context: Pick<Context, "log">,
  session: Session,
  image: ImageInputs,
  name: string,
  isList: boolean,
): Promise<string> {
  const digestFile = await session.keep("digest", "");
  for (const tag of image.tags ?? []) {
    context.log.status(`pushing ${tag}`);
    const command = isList ? ["manifest", "push", "--all"] : ["push"];
    const trust = localRegistry() ? ["--tls-verify=false"] : [];
    await session.run([...command, ...trust, "--digestfile", digestFile, name, pushName(parseReference(tag))]);
  }
  return (await readFile(digestFile, "utf8")).trim();
}

export async function createImage(context: Context, inputs: Props, configured: readonly Credentials[]) {
  const image = imageOf(inputs);
  if (context.preview) {
    const skip = image.buildOnPreview === false || hasUnknown(inputs);
    if (!skip) await buildImage(context, inputs, configured);
    const hash = hasUnknown(inputs.context) || hasUnknown(inputs.dockerfile) ? unknown : contextHash(contextOf(image));
    return { id: "", state: { ...inputs, contextHash: hash, digest: unknown, ref: unknown } };
  }
  const hash = contextHash(contextOf(image));
  const digest = await buildImage(context, inputs, configured);
  const [tag = ""] = image.tags ?? [];
  if (!digest) context.log.warn("not pushed, so nothing but the local build cache has it; set push: true");
  const state = { ...inputs, contextHash: hash, digest: digest ?? "", ref: digest ? withDigest(tag, digest) : tag };
  return { id: digest ?? context.name, state };
}

/** The image's state; undefined when the registry has its digest under none of its tags. */
export async function readImage(
  id: string,
  inputs: Props,
  state: Props,
  configured: readonly Credentials[],
): Promise<Resource | undefined> {
  const image = imageOf(inputs);
  const digest = text(plain(state).digest);
  if (!image.push || !digest) return { id, inputs, state };
  const credentials = [...(image.registries ?? []), ...configured];
  for (const tag of image.tags ?? [])
    if (await new Registry(parseReference(tag), credentials).manifest(digest)) return { id, inputs, state };
  return undefined;
}

export async function deleteImage(inputs: Props, state: Props, configured: readonly Credentials[]): Promise<void> {
  const image = imageOf(inputs);
  const digest = text(plain(state).digest);
  const repositories = new Map(
    (image.tags ?? []).map(parseReference).map((tag) => [`${tag.host}/${tag.repository}`, tag]),
  );
  if (digest)
    for (const reference of repositories.values())
      await new Registry(reference, [...(image.registries ?? []), ...configured]).deleteManifest(digest);
}
