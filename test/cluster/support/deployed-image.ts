import { registry } from "../../../local/lib/addresses.ts";
import { parseReference } from "../../../local/pulumi/registry/reference.ts";
import { Registry } from "../../../local/pulumi/registry/registry.ts";
import { outputs } from "../../../local/stack/pulumi.ts";

/** The image that the dev stack deploys: its digest, its index in the registry, and its repository there. */
export async function deployedImage() {
  process.env.ACCI_REGISTRY = registry;
  const reference = parseReference(String((await outputs("dev")).imageRef));
  const images = new Registry(reference);
  const { content, mediaType } = await images.requireManifest(reference.digest!);
  return { images, digest: reference.digest!, content, mediaType };
}
