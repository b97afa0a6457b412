import { parseImage } from "../model/image.ts";
import type { ResourceRule } from "../model/rule.ts";
import { isKnown, shown } from "../model/judged-resource.ts";
import { imagesOf } from "../model/workloads.ts";

/** `latest` is refused even beside a digest, because a reader could not tell which version runs. No waiver excepts from this. */
export const disallowLatestTag: ResourceRule = {
  name: "disallow-latest-tag",
  description: "No image has the tag latest, or neither tag nor digest, which means the same.",
  level: "mandatory",
  check: (subject) =>
    imagesOf(subject)
      .filter(({ image }) => isKnown(image) && isLatest(image))
      .map(
        ({ where, image }) => `${where}: image must name a version, got ${shown(image)}; give it the tag of a release`,
      ),
};

function isLatest(image: string): boolean {
  const { tag, digest } = parseImage(image);
  return tag === "latest" || (tag === "" && digest === "");
}
