import { createRequire } from "node:module";
import { notImplemented } from "../serve/errors.ts";
import type { Provider } from "../serve/provider.ts";
import type { Credentials } from "../registry/registry.ts";
import { plain } from "../serve/values.ts";
import { checkImage, normalizeImage } from "./image-inputs.ts";
import { createImage, deleteImage, diffImage, readImage } from "./image.ts";
import { checkIndex, createIndex, deleteIndex, diffIndex, readIndex } from "./index-resource.ts";

let credentials: Credentials[] = [];

/** Whether a type is Image and not Index; throws for the types that the program does not use. */
function isImage(type: string): boolean {
  if (type === "docker-build:index:Image") return true;
  if (type === "docker-build:index:Index") return false;
  throw notImplemented("docker-build", type);
}

export const dockerBuild: Provider = {
  name: "docker-build",
  version: (createRequire(import.meta.url)("@pulumi/docker-build/package.json") as { version: string }).version,
  configure: (inputs) => {
    const { registries } = plain(inputs);
    const parsed: unknown = typeof registries === "string" && registries ? JSON.parse(registries) : registries;
    credentials = Array.isArray(parsed) ? (parsed as Credentials[]) : [];
  },
  check: ({ type }, _olds, news) => {
    const inputs = isImage(type) ? normalizeImage(news) : news;
    return { inputs, failures: isImage(type) ? checkImage(inputs) : checkIndex(inputs) };
  },
  diff: ({ type }, _id, olds, state, news) => (isImage(type) ? diffImage(olds, state, news) : diffIndex(olds, news)),
  create: (context, inputs) =>
    isImage(context.type) ? createImage(context, inputs, credentials) : createIndex(context, inputs, credentials),
  update: async (context, _id, _olds, _state, news) => {
    const create = isImage(context.type) ? createImage : createIndex;
    return (await create(context, news, credentials)).state;
  },
  read: ({ type }, id, inputs, state) => {
    if (!inputs || !state) throw notImplemented("docker-build", `import of ${type}`);
    return isImage(type) ? readImage(id, inputs, state, credentials) : readIndex(id, inputs, state, credentials);
  },
  delete: ({ type }, _id, inputs, state) =>
    isImage(type) ? deleteImage(inputs, state, credentials) : deleteIndex(inputs, state, credentials),
};
