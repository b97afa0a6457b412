import { parseImage } from "../model/image.ts";
import type { ResourceRule } from "../model/rule.ts";
import { isKnown, shown } from "../model/judged-resource.ts";
import { imagesOf } from "../model/workloads.ts";
import { isWaived } from "../waivers.ts";

const NAME = "require-image-digests";

/** A tag can be moved to another image; a digest cannot. */
export const requireImageDigests: ResourceRule = {
  name: NAME,
  description: "Every image is named by digest, or its repository is in policy/waivers.ts with a reason.",
  level: "mandatory",
  check: (subject) =>
    imagesOf(subject)
      .filter(({ image }) => isKnown(image) && !/@sha256:[0-9a-f]{64}$/.test(image))
      .filter(({ image }) => !isWaived(NAME, parseImage(image).repository))
      .map(
        ({ where, image }) =>
          `${where}: image must be named by digest, got ${shown(image)}; append @sha256:… or waive the repository in policy/waivers.ts`,
      ),
};
