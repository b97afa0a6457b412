/** Image names: a host with a dot, a path, and optionally a tag or a digest. File names lack one of these parts. */
const IMAGE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+\/([a-z0-9._/-]+(?::[\w][\w.-]*)?(?:@sha256:[0-9a-f]{64})?)$/;

/** The arguments, with every image name mapped to the registry that replaces all others. */
export const mapped = (args: readonly string[], registry: string | undefined): string[] =>
  args.map((arg) => (registry ? arg.replace(IMAGE, `${registry}/$1`) : arg));
