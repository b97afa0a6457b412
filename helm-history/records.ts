import { type KubeApi, pathOf } from "../kubernetes/api.ts";
import { gunzipSync, gzipSync } from "node:zlib";

/** One revision of a release, as the labels of its Secret tell it. */
export interface Revision {
  readonly number: number;
  readonly status: string;
  /** By the clock of the API server. */
  readonly createdAt: Date;
}

/** What Helm keeps of a revision; the chart, the values and the manifest are in it as well. */
export interface HelmRecord {
  readonly version: number;
  readonly info: { readonly status: string; readonly description?: string };
  /** The values that were given, of which the application's image is read. */
  readonly config?: {
    readonly podAnnotations?: Readonly<Record<string, string>>;
    readonly image?: {
      readonly digest?: string;
      readonly schema?: { readonly version: number; readonly oldestApplication: number };
    };
  };
}

interface Secret {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly creationTimestamp: string;
    readonly resourceVersion?: string;
  };
  readonly data?: { readonly release: string };
}

const LABELS_ONLY = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

/** The history of a release, kept by Helm 3 in Secrets (pkg/storage/driver/secrets.go of 3.19). */
export class HelmHistory {
  readonly #api: KubeApi;
  readonly #namespace: string;
  readonly name: string;

  constructor(api: KubeApi, namespace: string, name: string) {
    this.#api = api;
    this.#namespace = namespace;
    this.name = name;
  }

  /** Oldest first; none when there is no such release. */
  async revisions(): Promise<Revision[]> {
    const path = pathOf(this.#namespace, "secrets", { labelSelector: `owner=helm,name=${this.name}` });
    // None are null here, and no list.
    const { items } = await this.#api.ask<{ items: readonly Secret[] | null }>(path, { accept: LABELS_ONLY });
    return (items ?? [])
      .map(({ metadata: { creationTimestamp, labels } }) => ({
        number: Number(labels?.["version"]),
        status: labels?.["status"] ?? "unknown",
        createdAt: new Date(creationTimestamp),
      }))
      .sort((one, other) => one.number - other.number);
  }

  async record(revision: number): Promise<HelmRecord> {
    return decode(await this.#secret(revision));
  }

  /** Gives a revision another status, and another description if one is given. Fails when somebody else did so meanwhile. */
  async mark(revision: number, status: string, description?: string): Promise<void> {
    const secret = await this.#secret(revision);
    const record = decode(secret);
    const told = { ...record, info: { ...record.info, status, ...(description ? { description } : {}) } };
    const { metadata } = secret;
    await this.#api.ask(pathOf(this.#namespace, `secrets/${metadata.name}`), {
      method: "PUT",
      body: { ...secret, metadata: { ...metadata, labels: { ...metadata.labels, status } }, data: encode(told) },
    });
  }

  /** Adds a revision that is a copy of another. */
  async repeat(revision: number, as: number, status: string, description: string): Promise<void> {
    const { metadata, ...secret } = await this.#secret(revision);
    const record = decode({ metadata, ...secret });
    const repeated = { ...record, version: as, info: { ...record.info, status, description } };
    await this.#api.ask(pathOf(this.#namespace, "secrets"), {
      method: "POST",
      body: {
        ...secret,
        metadata: { name: nameOf(this.name, as), labels: { ...metadata.labels, status, version: String(as) } },
        data: encode(repeated),
      },
    });
  }

  /** Removes a revision's record; its objects stay as they are. */
  async forget(revision: number): Promise<void> {
    await this.#api.ask(pathOf(this.#namespace, `secrets/${nameOf(this.name, revision)}`), { method: "DELETE" });
  }

  #secret(revision: number): Promise<Secret> {
    return this.#api.ask<Secret>(pathOf(this.#namespace, `secrets/${nameOf(this.name, revision)}`));
  }
}

const nameOf = (release: string, revision: number) => `sh.helm.release.v1.${release}.v${revision}`;

/** JSON, compressed, and in base64 twice: once by Helm, once by Kubernetes. */
const decode = ({ data }: Secret): HelmRecord =>
  JSON.parse(
    gunzipSync(Buffer.from(Buffer.from(data!.release, "base64").toString(), "base64")).toString(),
  ) as HelmRecord;

const encode = (record: HelmRecord) => ({
  release: Buffer.from(gzipSync(JSON.stringify(record), { level: 9 }).toString("base64")).toString("base64"),
});
