import { registry } from "../../../local/lib/addresses.ts";
import { parseReference } from "../../../local/pulumi/registry/reference.ts";
import { Registry } from "../../../local/pulumi/registry/registry.ts";
import { at, list } from "../../../local/pulumi/serve/values.ts";
import { deployedImage } from "./deployed-image.ts";

/** Pushes the image that dev runs as version 1.0.0, which the stacks name, and its amd64 image alone as 0.0.1. Returns the digest. */
export async function promoteDev(): Promise<string> {
  const { content, digest, images, mediaType } = await deployedImage();
  const pushed = await images.putManifest("1.0.0", mediaType, content);
  if (pushed !== digest) throw new Error(`1.0.0: must have the digest ${digest}, got ${pushed}`);
  const manifests = list(content.manifests).filter((entry) => at(entry, "platform", "architecture") === "amd64");
  await images.putManifest("0.0.1", mediaType, { ...content, manifests });
  await promoteTools("1.0.0", "0.0.1");
  return digest;
}

/** Pushes the image that dev runs as that version with another digest, as changed sources would have. */
export async function pushChanged(version: string): Promise<void> {
  const { content, images, mediaType } = await deployedImage();
  await images.putManifest(version, mediaType, { ...content, annotations: { "acci.dev/version": version } });
  await promoteTools(version);
}

/** Pushes the image of the backup tools under the same versions. */
async function promoteTools(...versions: readonly string[]): Promise<void> {
  process.env.ACCI_REGISTRY = registry;
  const tools = new Registry(parseReference("ghcr.io/broccode/acci-framework-backup:dev"));
  const { content, mediaType } = await tools.requireManifest("dev");
  for (const version of versions) await tools.putManifest(version, mediaType, content);
}
