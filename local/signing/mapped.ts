/** A host with a dot, a path, and a tag or a digest or neither. File names lack one of them. */
const IMAGE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+\/([a-z0-9._/-]+(?::[\w][\w.-]*)?(?:@sha256:[0-9a-f]{64})?)$/;

/** The arguments with every image name moved to the registry that stands for all others. */
export const mapped = (args: readonly string[], registry: string | undefined): string[] =>
  args.map((arg) => (registry ? arg.replace(IMAGE, `${registry}/$1`) : arg));
