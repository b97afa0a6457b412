import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Values } from "../config/schema.ts";
import { verifySignature } from "./signature.ts";

/** An image that was built and tested before, and may be deployed. */
export interface Promotion {
  readonly version: string;
  readonly digest: string;
}

/** Every image that a stack without builds deploys. */
export interface Promotions {
  readonly application: Promotion;
  /** The tools that dump and restore, when the stack has backups. */
  readonly backup?: Promotion;
}

/** Repository of the tools' image. */
export const backupRepository = ({ backups, image }: Pick<Values, "backups" | "image">): string =>
  backups?.image.repository ?? `${image.repository}-backup`;

/** Finds every image of the version. */
export async function promoteAll(config: Pick<Values, "backups" | "image">): Promise<Promotions> {
  const { backups, image } = config;
  const tools = backups && { ...image, repository: backupRepository(config), platforms: backups.image.platforms };
  const [application, backup] = await Promise.all([promote(image), tools && promote(tools)]);
  return { application, ...(backup ? { backup } : {}) };
}

/** Finds the version in the registry and checks it, before anything is registered: a refusal leaves the stack as it is. */
export async function promote({ platforms, publicKey, repository, version = "" }: Values["image"]): Promise<Promotion> {
  const reference = `${repository}:${version}`;
  const { sha256Digest: digest } = await docker.getRegistryImage({ name: reference }).catch((error: unknown) => {
    throw new pulumi.RunError(notFound(reference, error));
  });
  const image = `${repository}@${digest}`;
  const { manifests } = await docker.getRegistryImageManifests({ name: image }).catch((error: unknown) => {
    throw new pulumi.RunError(notFound(image, error));
  });
  const problem = missingPlatforms(
    reference,
    platforms,
    manifests.map(({ os, architecture }) => `${os}/${architecture}`),
  );
  if (problem) throw new pulumi.RunError(problem);
  if (publicKey)
    await verifySignature(image, publicKey).catch((error: unknown) => {
      throw new pulumi.RunError((error as Error).message);
    });
  return { version, digest };
}

/** What to say of a version the registry does not hand out. Only the first line of the reason: providers append their whole trace. */
export function notFound(reference: string, error: unknown): string {
  const lines = String(error instanceof Error ? error.message : error).split("\n");
  const reason = lines.find((line) => line.trim() !== "")?.trim() ?? "no reason given";
  return (
    `acci:image.version: must be a tag in the registry, got ${reference} (${reason}); ` +
    "push it from the stack that builds, or log in to the registry if it is private"
  );
}

/** What to say of an index that lacks a wanted platform; nothing when it has them all. */
export function missingPlatforms(
  reference: string,
  wanted: readonly string[],
  present: readonly string[],
): string | undefined {
  const missing = wanted.filter((platform) => !present.includes(platform));
  if (missing.length === 0) return undefined;
  // BuildKit lists its provenance beside the platforms, as one of its own.
  const shown = present.filter((platform) => !platform.startsWith("unknown/"));
  return (
    `acci:image.platforms: must all be in ${reference}, got ${shown.join(", ") || "none"} without ${missing.join(", ")}; ` +
    "build the version for them with acci:image.build.platforms, or take them off the list"
  );
}
