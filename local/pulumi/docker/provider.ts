import { createRequire } from "node:module";
import { notImplemented } from "../serve/errors.ts";
import { parseReference } from "../registry/reference.ts";
import { Registry, type Credentials } from "../registry/registry.ts";
import type { Provider } from "../serve/provider.ts";
import { plain, text, type Props } from "../serve/values.ts";

const getRegistryImage = "docker:index/getRegistryImage:getRegistryImage";
let credentials: Credentials[] = [];

const noResources = (type: string): never => {
  throw notImplemented("docker", type);
};

/** Only the look-up of an image's digest; it needs a registry, not a Docker daemon. */
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
    if (token !== getRegistryImage) throw notImplemented("docker", token);
    const { name, insecureSkipVerify } = plain(args);
    const reference = parseReference(text(name));
    const { digest } = await new Registry(reference, credentials).requireManifest(reference.digest ?? reference.tag);
    return {
      id: digest,
      name,
      sha256Digest: digest,
      ...(insecureSkipVerify === undefined ? {} : { insecureSkipVerify }),
    };
  },
};
