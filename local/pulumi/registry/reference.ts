/** Parts of an image name: `redis:7` is docker.io, library/redis, 7. */
export interface Reference {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest?: string;
}

export function parseReference(name: string): Reference {
  const [, path = "", tag, digest] = /^([^@]+?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(name) ?? [];
  const [first = "", ...rest] = path.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const repository = isHost ? rest.join("/") : path;
  if (!/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(repository))
    throw new Error(
      `image: not an image name, got "${name}"; use [host/]repository[:tag][@sha256:digest] in lower case`,
    );
  const host = isHost ? first.replace(/^(index|registry-1)\.docker\.io$/, "docker.io") : "docker.io";
  const official = host === "docker.io" && !repository.includes("/");
  return { host, repository: official ? `library/${repository}` : repository, tag: tag ?? "latest", digest };
}

/** The registry that replaces all others on this machine, if there is one. */
export const localRegistry = (): string | undefined => process.env.ACCI_REGISTRY || undefined;

/** Host and port that requests go to. */
export function endpointOf({ host }: Reference): string {
  const isPlain = (name: string) => /^(localhost|127\.|\[::1\])/.test(name);
  const local = localRegistry();
  if (local) return `http://${local}`;
  return host === "docker.io" ? "https://registry-1.docker.io" : `${isPlain(host) ? "http" : "https"}://${host}`;
}

/** Name under which buildah pushes the image. */
export function pushName(reference: Reference): string {
  return `docker://${localRegistry() ?? reference.host}/${reference.repository}:${reference.tag}`;
}

/** `repo:tag@sha256:...`, with the name as the program has it. */
export const withDigest = (name: string, digest: string): string => `${name.split("@")[0] ?? name}@${digest}`;
