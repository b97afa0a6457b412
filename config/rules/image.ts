import type { Values } from "../schema.ts";

export function imageRules({ image }: Values): string[] {
  if (image.publicKey && image.unsigned)
    return [
      "acci:image.unsigned: excludes acci:image.publicKey; remove unsigned to have signatures checked, or publicKey not to",
    ];
  if (image.version && image.build)
    return [
      `acci:image.build: excludes acci:image.version; keep build to build here, or version to promote ${image.version}`,
    ];
  if (!image.version && !image.build)
    return ["acci:image: needs version or build; set acci:image.version to the tag to promote, for example 1.0.0"];
  return [];
}
