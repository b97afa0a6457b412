import * as build from "@pulumi/docker-build";
import * as pulumi from "@pulumi/pulumi";
import type { Promotion } from "../release/promotion.ts";

export interface ImageBuild {
  /** Folder with the Dockerfile. */
  readonly context: string;
  /** Path of the Dockerfile. @default - `Dockerfile` in the context */
  readonly dockerfile?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Platforms, with a build and a cache each. */
  readonly platforms: readonly ("linux/amd64" | "linux/arm64")[];
  /** Tags of the joined image; the first names the per-platform images and caches too. */
  readonly tags: readonly string[];
}

export interface ImageArgs {
  /** Repository without a tag. */
  readonly repository: string;
  /** How to build it here. @default - `promoted` is deployed */
  readonly build?: ImageBuild;
  /** Image that was built, tested and checked before. @default - the image is built */
  readonly promoted?: Promotion;
}

/** An image of our own, known by digest: built and pushed here, or promoted from what was built and tested before. */
export class Image extends pulumi.ComponentResource {
  readonly repository: string;
  readonly tag: string;
  readonly digest: pulumi.Output<string>;
  /** `repository:tag@digest`. */
  readonly ref: pulumi.Output<string>;

  constructor(name: string, args: ImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Image", name, args, opts);
    this.repository = args.repository;
    const { build: toBuild, promoted } = args;
    if (toBuild) {
      this.tag = toBuild.tags[0]!;
      this.digest = this.createBuild(name, args.repository, toBuild);
    } else if (promoted) {
      this.tag = promoted.version;
      this.digest = pulumi.output(promoted.digest);
    } else {
      throw new pulumi.ResourceError("build: must be given when promoted is not; give one of them", this, true);
    }
    this.ref = pulumi.interpolate`${this.repository}:${this.tag}@${this.digest}`;
    this.registerOutputs({ ref: this.ref });
  }

  /** One image per platform, so that each keeps its own cache; a joint build exports the cache of one platform only. */
  private createBuild(
    name: string,
    repository: string,
    { buildArgs, context, dockerfile, platforms, tags }: ImageBuild,
  ): pulumi.Output<string> {
    const sources = platforms.map((platform) => {
      const suffix = platform.split("/")[1]!;
      const cache = `${repository}:cache-${suffix}`;
      const image = new build.Image(
        `${name}-${suffix}`,
        {
          context: { location: context },
          ...(dockerfile ? { dockerfile: { location: dockerfile } } : {}),
          platforms: [platform],
          // SOURCE_DATE_EPOCH keeps the time of the build out of the image, so that equal sources give equal digests.
          buildArgs: { SOURCE_DATE_EPOCH: "0", ...buildArgs },
          tags: [`${repository}:${this.tag}-${suffix}`],
          cacheFrom: [{ registry: { ref: cache } }],
          cacheTo: [{ registry: { ref: cache, mode: build.CacheMode.Max } }],
          push: true,
          // Off, because a preview must neither need a builder nor take minutes.
          buildOnPreview: false,
        },
        { parent: this, retainOnDelete: true },
      );
      return image.ref;
    });
    // Images are kept when the stack is destroyed: a promoted version is the same digest under another tag.
    const kept = { parent: this, retainOnDelete: true };
    const indexes = tags.map(
      (tag) => new build.Index(`${name}-${tag}`, { sources, tag: `${repository}:${tag}`, push: true }, kept),
    );
    return indexes[0]!.ref.apply(digestOf);
  }
}

/** The digest at the end of a reference. */
export function digestOf(ref: string): string {
  const digest = ref.split("@")[1];
  if (!digest)
    throw new Error(`image reference: must end in a digest, got ${ref}; push the image so that the registry names one`);
  return digest;
}
