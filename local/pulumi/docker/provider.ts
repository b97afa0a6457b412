import { createRequire } from "node:module";
import { notImplemented } from "../serve/errors.ts";
import { parseReference } from "../registry/reference.ts";
import { indexTypes, Registry, type Credentials, type Manifest } from "../registry/registry.ts";
import type { Provider } from "../serve/provider.ts";
import { list, object, plain, text, type Props } from "../serve/values.ts";

const getRegistryImage = "docker:index/getRegistryImage:getRegistryImage";
const getRegistryImageManifests = "docker:index/getRegistryImageManifests:getRegistryImageManifests";
let credentials: Credentials[] = [];

const noResources = (type: string): never => {
  throw notImplemented("docker", type);
};

/** One entry for each platform of an index; none for a single image. */
function manifestsOf({ mediaType, content }: Manifest): Props[] {
  if (!indexTypes.includes(mediaType)) return [];
  return list(content.manifests)
    .map(object)
    .map(({ digest, mediaType: kind, platform }) => {
      const { architecture, os } = object(platform);
      return { architecture, os, mediaType: kind, sha256Digest: digest };
    });
}

/** The data source for an image's digest and platforms. It needs a registry, but no Docker daemon. */
export const docker: Provider = {
  name: "docker",
  version: (createRequire(import.meta.url)("@pulumi/docker/package.json") as { version: string }).version,
  configure: (inputs) => {
    const { registryAuth } = plain(inputs);
    credentials = typeof registryAuth === "string" && registryAuth ? (JSON.parse(registryAuth) as Credentials[]) : [];
  },
  check: ({ type }) => noResources(type),
  diff: ({ type }) => noResources(type),
  create: ({ type }) => noResources(type),
  invoke: async (token, args): Promise<Props> => {
    if (token !== getRegistryImage && token !== getRegistryImageManifests) throw notImplemented("docker", token);
    const { name, insecureSkipVerify } = plain(args);
    const reference = parseReference(text(name));
    const found = await new Registry(reference, credentials).requireManifest(reference.digest ?? reference.tag);
    return {
      id: found.digest,
      name,
      ...(token === getRegistryImage ? { sha256Digest: found.digest } : { manifests: manifestsOf(found) }),
      ...(insecureSkipVerify === undefined ? {} : { insecureSkipVerify }),
    };
  },
};
