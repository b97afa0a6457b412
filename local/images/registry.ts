import { registry } from "../lib/addresses.ts";

const index = "application/vnd.oci.image.index.v1+json";
const manifestTypes = [
  index,
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** Gives an image of the platform's registry one more tag, as a promotion does. */
export async function pushTag(repository: string, digest: string, tag: string): Promise<void> {
  const manifests = `http://${registry}/v2/${repository.slice(repository.indexOf("/") + 1)}/manifests`;
  const found = await fetch(`${manifests}/${digest}`, { headers: { accept: manifestTypes.join(", ") } });
  if (!found.ok) throw new Error(`${repository}@${digest}: must be in the registry, got ${found.status}`);
  const put = await fetch(`${manifests}/${tag}`, {
    method: "PUT",
    headers: { "content-type": found.headers.get("content-type") ?? index },
    body: await found.text(),
  });
  if (!put.ok) throw new Error(`${repository}:${tag}: the registry refused the tag: ${put.status} ${await put.text()}`);
}
