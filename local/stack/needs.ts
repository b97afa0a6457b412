import type { Values } from "../../config/schema.ts";
import { buildImages, missesImages } from "../images/build.ts";
import { collector, exporter, pooler, sidecar } from "../images/list.ts";
import { inState } from "../lib/paths.ts";
import { withPlatform } from "../lock.ts";
import { buildCollector, buildReleaseTools, missesReleaseTools } from "../toolchain/build.ts";

/** Keys of a stack's configuration that decide what it needs, named as the schema names them. */
interface Wanted {
  readonly "acci:image"?: Partial<Pick<Values["image"], "version">>;
  readonly "acci:postgres"?: {
    readonly [Key in "walArchive" | "pooler"]?: Partial<NonNullable<Values["postgres"][Key]>>;
  };
  readonly "acci:redis"?: { readonly exporter?: Partial<Values["redis"]["exporter"]> };
  readonly "acci:telemetry"?: {
    readonly collector?: Partial<NonNullable<Values["telemetry"]>["collector"]>;
  };
}

/** Images that a stack runs and a dev stack does not. */
export const imagesOf = ({
  "acci:postgres": postgres = {},
  "acci:redis": redis = {},
  "acci:telemetry": telemetry = {},
}: Wanted): string[] => [
  ...((postgres.pooler?.instances ?? 0) > 0 ? [pooler] : []),
  ...(postgres.walArchive === undefined ? [] : [sidecar]),
  ...(redis.exporter?.enabled ? [exporter] : []),
  ...(telemetry.collector?.mode === "install" ? [collector] : []),
];

/** Builds what a stack needs of the platform and `make up` does not build: an image, or the tools that check a signature. */
export async function makeNeeds(config: Wanted): Promise<void> {
  const images = imagesOf(config);
  const tools = config["acci:image"]?.version !== undefined && missesReleaseTools();
  if (!tools && !missesImages(images)) return;
  await withPlatform(async () => {
    if (tools) await buildReleaseTools(inState("log", "toolchain.log"));
    if (images.includes(collector)) await buildCollector(inState("log", "toolchain.log"));
    await buildImages(images);
  });
}
