/** The parts of an image reference such as `ghcr.io/a/b:1.0@sha256:…`. */
export interface ImageReference {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

export function parseImage(reference: string): ImageReference {
  const [rest = "", digest = ""] = reference.split("@");
  const colon = rest.indexOf(":", rest.lastIndexOf("/") + 1);
  return colon === -1
    ? { repository: rest, tag: "", digest }
    : { repository: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}
