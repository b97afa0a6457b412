import { gunzipSync, gzipSync } from "node:zlib";
import type { KubeApi, Request } from "../../kubernetes/api.ts";

interface Stored {
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly creationTimestamp: string;
    readonly resourceVersion?: string;
  };
  readonly data: { readonly release: string };
}

/** The Secrets of a namespace in which Helm keeps its releases, as an API server has them. */
export class HelmSecrets implements KubeApi {
  readonly #stored = new Map<string, Stored>();
  /** Called before each request, with its method. */
  before: (method: string) => void = () => undefined;

  add(version: number, status: string, description = `of ${version}`, createdAt = new Date(), config = {}): void {
    const info = { status, description };
    const record = { name: "acci-framework", version, info, config, manifest: `manifest ${version}` };
    const release = Buffer.from(gzipSync(JSON.stringify(record)).toString("base64")).toString("base64");
    const name = `sh.helm.release.v1.acci-framework.v${version}`;
    const labels = { owner: "helm", name: "acci-framework", status, version: String(version) };
    const metadata = { name, labels, creationTimestamp: createdAt.toISOString(), resourceVersion: "1" };
    this.#stored.set(name, { metadata, data: { release } });
  }

  /** Each revision as `number status manifest: description`. */
  shown(): string[] {
    return [...this.#stored.values()]
      .sort((one, other) => Number(one.metadata.labels["version"]) - Number(other.metadata.labels["version"]))
      .map(({ data, metadata: { labels } }) => {
        const compressed = Buffer.from(Buffer.from(data.release, "base64").toString(), "base64");
        const { info, manifest, version } = JSON.parse(gunzipSync(compressed).toString());
        expect([String(version), info.status]).toEqual([labels["version"], labels["status"]]);
        return `${version} ${info.status} ${manifest}: ${info.description}`;
      });
  }

  async ask<T>(path: string, { body, method = "GET" }: Request = {}): Promise<T> {
    this.before(method);
    const { pathname, searchParams } = new URL(path, "http://cluster");
    const name = pathname.replace(/^\/api\/v1\/namespaces\/acci\/secrets\/?/, "");
    if (method === "GET" && name === "") {
      expect(searchParams.get("labelSelector")).toBe("owner=helm,name=acci-framework");
      const items = [...this.#stored.values()].map(({ metadata }) => ({ metadata }));
      return { items: items.length > 0 ? items : null } as T;
    }
    if (method === "DELETE") this.#stored.delete(name);
    const sent = body as Stored | undefined;
    if (method === "POST") expect(this.#stored.has(sent!.metadata.name)).toBe(false);
    if (sent) {
      const metadata = { ...sent.metadata, creationTimestamp: new Date().toISOString() };
      this.#stored.set(sent.metadata.name, { ...sent, metadata });
    }
    return this.#stored.get(sent?.metadata.name ?? name) as T;
  }
}
