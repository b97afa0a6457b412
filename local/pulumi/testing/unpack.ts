import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { Registry } from "../registry/registry.ts";
import { list, object, text } from "../serve/values.ts";

/** Unpacks an image's layers over one another into a folder, as a container would see them. */
export async function unpack(images: Registry, digest: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { content } = await images.requireManifest(digest);
  for (const layer of list(content.layers).map(object))
    execFileSync("tar", ["--extract", "--gzip", "--directory", folder], {
      input: await images.bytes(text(layer.digest)),
    });
}
