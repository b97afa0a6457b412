import { diffInputs, type Diff } from "../serve/diff.ts";
import { rejectUnknownKeys, type Failure } from "../serve/errors.ts";
import { parseReference, withDigest, type Reference } from "../registry/reference.ts";
import { indexTypes, Registry, type Credentials, type Manifest } from "../registry/registry.ts";
import type { Context, Resource } from "../serve/provider.ts";
import { list, object, plain, text, unknown, type Props } from "../serve/values.ts";
import { isMap } from "../../../tooling/maps.ts";

const [ociIndex = ""] = indexTypes;

export const checkIndex = (inputs: Props): Failure[] => [
  ...rejectUnknownKeys("docker-build", plain(inputs), ["push", "registry", "sources", "tag"]),
  ...(inputs.push === false
    ? [{ property: "push", reason: "must be true, got false; an index exists in a registry only" }]
    : []),
];

export function diffIndex(olds: Props, news: Props): Diff {
  const comparable = (inputs: Props): Props => {
    const { registry, ...rest } = plain(inputs);
    return isMap(registry) ? { ...rest, registry: { ...registry, password: undefined } } : rest;
  };
  return { detailed: diffInputs(comparable(olds), comparable(news), ([key]) => key === "tag") };
}

const registryOf = (inputs: Props, reference: Reference, configured: readonly Credentials[]): Registry => {
  const own = plain(inputs).registry;
  return new Registry(reference, isMap(own) ? [own as unknown as Credentials, ...configured] : configured);
};

/** Entries of an index for one source: one for an image, all of its entries for an index. */
async function entriesOf(registry: Registry, manifest: Manifest): Promise<Props[]> {
  if (indexTypes.includes(manifest.mediaType)) return list(manifest.content.manifests).map(object);
  const { os, architecture, variant } = await registry.blob(text(object(manifest.content.config).digest));
  const { mediaType, digest, size } = manifest;
  return [{ mediaType, digest, size, platform: { architecture, os, ...(variant ? { variant } : {}) } }];
}

async function writeIndex(inputs: Props, configured: readonly Credentials[]): Promise<string> {
  const { tag, sources } = plain<{ tag: string; sources: string[] }>(inputs);
  const target = parseReference(tag);
  const registry = registryOf(inputs, target, configured);
  const entries = await Promise.all(
    sources.map(async (source) => {
      const reference = parseReference(source);
      if (reference.host !== target.host || reference.repository !== target.repository)
        throw new Error(`sources: must be in ${target.host}/${target.repository}, got ${source}; push the image there`);
      return entriesOf(registry, await registry.requireManifest(reference.digest ?? reference.tag));
    }),
  );
  const content = { schemaVersion: 2, mediaType: ociIndex, manifests: entries.flat() };
  return registry.putManifest(target.tag, ociIndex, content);
}

export async function createIndex(context: Context, inputs: Props, configured: readonly Credentials[]) {
  if (context.preview) return { id: "", state: { ...inputs, ref: unknown, digest: unknown } };
  const digest = await writeIndex(inputs, configured);
  return { id: context.name, state: { ...inputs, ref: withDigest(text(plain(inputs).tag), digest), digest } };
}

export async function readIndex(
  id: string,
  inputs: Props,
  state: Props,
  configured: readonly Credentials[],
): Promise<Resource | undefined> {
  const tag = text(plain(inputs).tag);
  const reference = parseReference(tag);
  const found = await registryOf(inputs, reference, configured).manifest(reference.tag);
  return found && { id, inputs, state: { ...state, ref: withDigest(tag, found.digest), digest: found.digest } };
}

export async function deleteIndex(inputs: Props, state: Props, configured: readonly Credentials[]): Promise<void> {
  const { digest } = parseReference(text(plain(state).ref));
  if (digest) await registryOf(inputs, parseReference(text(plain(inputs).tag)), configured).deleteManifest(digest);
}
