import { createHash } from "node:crypto";
import { at, list, object, text, type Props } from "../serve/values.ts";
import { endpointOf, type Reference } from "./reference.ts";

export interface Credentials {
  readonly address: string;
  readonly username: string;
  readonly password: string;
}
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  readonly content: Props;
}

export const indexTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const manifestTypes = [
  ...indexTypes,
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const timeoutMilliseconds = 15_000;
const tagsShown = 15;

/** Client for one repository of a registry, with the calls that are needed. */
export class Registry {
  private readonly reference: Reference;
  private readonly credentials?: Credentials;
  private authorization?: string;

  constructor(reference: Reference, known: readonly Credentials[] = []) {
    this.reference = reference;
    const bare = (address: string) =>
      address
        .replace(/^https?:\/\//, "")
        .replace(/\/.*$/, "")
        .replace(/^index\./, "");
    this.credentials = known.find(({ address }) => bare(address) === reference.host);
  }

  async manifest(tagOrDigest: string): Promise<Manifest | undefined> {
    const response = await this.call("GET", `manifests/${tagOrDigest}`, {
      headers: { accept: manifestTypes.join(", ") },
    });
    if (response.status === 404) return undefined;
    const body = Buffer.from(await (await this.ok(response)).arrayBuffer());
    const content = object(JSON.parse(body.toString()));
    const mediaType = text(content.mediaType) || (response.headers.get("content-type") ?? "");
    return {
      digest: `sha256:${createHash("sha256").update(body).digest("hex")}`,
      mediaType,
      size: body.length,
      content,
    };
  }

  /** Manifest of a tag or digest. The error for a missing tag lists the existing ones. */
  async requireManifest(tagOrDigest: string): Promise<Manifest> {
    const found = await this.manifest(tagOrDigest);
    if (found) return found;
    const { host, repository } = this.reference;
    const tags = await this.tags().catch(() => []);
    const shown = tags.slice(-tagsShown).join(", ");
    const cure =
      tags.length > 0
        ? `its tags are ${tags.length > tagsShown ? "..., " : ""}${shown}`
        : "the repository is empty or does not exist";
    throw new Error(`${host}/${repository}: has no tag or digest ${tagOrDigest}; ${cure}`);
  }

  async blob(digest: string): Promise<Props> {
    return object(JSON.parse((await this.bytes(digest)).toString()));
  }

  async bytes(digest: string): Promise<Buffer> {
    const response = await this.ok(await this.call("GET", `blobs/${digest}`));
    return Buffer.from(await response.arrayBuffer());
  }

  async putBlob(body: Buffer<ArrayBuffer>): Promise<string> {
    const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
    const started = await this.ok(await this.call("POST", "blobs/uploads/"));
    const target = new URL(started.headers.get("location") ?? "", endpointOf(this.reference));
    target.searchParams.set("digest", digest);
    const path = `${target.pathname.split(`/v2/${this.reference.repository}/`)[1]}${target.search}`;
    await this.ok(await this.call("PUT", path, { headers: { "content-type": "application/octet-stream" }, body }));
    return digest;
  }

  async putManifest(tag: string, mediaType: string, content: Props): Promise<string> {
    const body = JSON.stringify(content);
    await this.ok(await this.call("PUT", `manifests/${tag}`, { headers: { "content-type": mediaType }, body }));
    return `sha256:${createHash("sha256").update(body).digest("hex")}`;
  }

  /** Deletes a manifest. It may be absent already, and a registry may refuse to delete: neither is an error. */
  async deleteManifest(digest: string): Promise<void> {
    const response = await this.call("DELETE", `manifests/${digest}`);
    if (![404, 405].includes(response.status)) await this.ok(response);
  }

  private async tags(): Promise<string[]> {
    const response = await this.call("GET", "tags/list");
    const tags = response.ok ? list(at(await response.json(), "tags")).map(text) : [];
    return tags.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  }

  private async ok(response: Response): Promise<Response> {
    if (response.ok) return response;
    const { host, repository } = this.reference;
    const cure =
      response.status === 401 || response.status === 403 ? "; check the registry's username and password" : "";
    throw new Error(`${host}/${repository}: the registry answers ${response.status} ${response.statusText}${cure}`);
  }

  private async call(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const url = `${endpointOf(this.reference)}/v2/${this.reference.repository}/${path}`;
    const send = () => {
      const authorization = this.authorization ? { authorization: this.authorization } : {};
      const headers = { ...(init.headers as Record<string, string>), ...authorization };
      return fetch(url, { ...init, method, headers, signal: AbortSignal.timeout(timeoutMilliseconds) }).catch(
        (error: unknown) => {
          const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message;
          throw new Error(
            `${this.reference.host}: registry ${endpointOf(this.reference)} cannot be reached (${cause})`,
          );
        },
      );
    };
    const response = await send();
    const challenge = response.headers.get("www-authenticate");
    if (response.status !== 401 || !challenge || this.authorization) return response;
    this.authorization = await this.authenticate(challenge);
    return this.authorization ? send() : response;
  }

  private async authenticate(challenge: string): Promise<string | undefined> {
    const basic = this.credentials
      ? `Basic ${Buffer.from(`${this.credentials.username}:${this.credentials.password}`).toString("base64")}`
      : undefined;
    if (!/^bearer/i.test(challenge)) return basic;
    const fields = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value]) => [key, value]),
    );
    const url = new URL(fields.realm ?? "");
    for (const key of ["service", "scope"]) if (fields[key]) url.searchParams.set(key, fields[key]);
    const response = await fetch(url, {
      headers: basic ? { authorization: basic } : {},
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    if (!response.ok) return undefined;
    const answer: unknown = await response.json();
    return `Bearer ${text(at(answer, "token")) || text(at(answer, "access_token"))}`;
  }
}
