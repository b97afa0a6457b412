import { type Readable } from "node:stream";
import {
  HeadObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { BackupError } from "../errors.ts";
import { openClient } from "./client.ts";
import { StoreClock } from "./clock.ts";
import { download, isAnother, isWithheld, mayBeTheObject, readWhole } from "./download.ts";
import { nameOf, placeOf, statusOf, storeFailure } from "./failure.ts";
import { lacksForDumps, lacksForRemoval } from "./probe.ts";
import { removeObjects, type Refused } from "./removal.ts";
import { type StoreSettings } from "./settings.ts";
import { abandonUpload, unfinishedUploads, type Unfinished } from "./unfinished.ts";
import { upload, type PutOptions } from "./upload.ts";

export interface Listed {
  readonly key: string;
  readonly bytes: number;
  readonly modified: Date;
}

/** A small object as a whole. */
export interface StoredDocument {
  readonly body: string;
  readonly etag: string;
  readonly modified: Date;
}

export { type Refused, type Unfinished };

export type Condition = { readonly ifMatch: string } | { readonly ifAbsent: true };

/** Content type of a document: a browser shows HTML as a page. */
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  md: "text/markdown; charset=utf-8",
};
const typeOf = (key: string) => TYPES[key.slice(key.lastIndexOf(".") + 1)] ?? "application/json";

export const openStore = (settings: StoreSettings): Store => new Store(settings);

/** A folder of a bucket; keys are relative to it. Errors say what helps. */
export class Store {
  readonly place: string;
  readonly #settings: StoreSettings;
  readonly #clock = new StoreClock();
  readonly #client: S3Client;
  readonly #prefix: string;

  constructor(settings: StoreSettings) {
    this.#settings = settings;
    this.#client = openClient(settings, this.#clock);
    this.#prefix = settings.prefix === "" ? "" : `${settings.prefix}/`;
    this.place = placeOf(settings);
  }

  /** Stores a stream of any length in bounded memory; returns its number of bytes. A failed stream leaves no object. */
  async put(key: string, source: Readable, options: PutOptions = {}): Promise<number> {
    let broken: unknown;
    source.once("error", (error) => (broken = error));
    try {
      return await upload(this.#client, this.#object(key), source, options);
    } catch (error) {
      // A failure of the source is not one of the store, though both may be network errors.
      throw broken ?? storeFailure(this.#settings, `writing ${key}`, error);
    }
  }

  /** The object's bytes, resumed after a broken connection. A lost object is told apart from an unavailable store. */
  get(key: string, { signal }: { signal?: AbortSignal } = {}): Promise<Readable> {
    const told = (error: unknown) => this.#unread(key, error);
    return download(this.#client, this.#object(key), { told, ...(signal && { signal }) });
  }

  async read(key: string): Promise<StoredDocument | undefined> {
    return this.#ifThere(key, (client) => readWhole(client, this.#object(key)));
  }

  /** Returns the new ETag, or undefined when the condition did not hold and nothing was written. */
  async write(key: string, body: string, condition?: Condition): Promise<string | undefined> {
    const when = condition && ("ifMatch" in condition ? { IfMatch: condition.ifMatch } : { IfNoneMatch: "*" });
    return this.#ask(`writing ${key}`, async (client) => {
      try {
        const command = { ...this.#object(key), Body: body, ContentType: typeOf(key), ...when };
        return (await client.send(new PutObjectCommand(command))).ETag!;
      } catch (error) {
        // 404: the object to match is not there. 409: two writers at the same moment.
        const failed = statusOf(error) === 412 || statusOf(error) === 409 || nameOf(error) === "NoSuchKey";
        if (condition && failed) return undefined;
        throw error;
      }
    });
  }

  async head(key: string): Promise<{ bytes: number; etag: string; modified: Date } | undefined> {
    return this.#ifThere(key, async (client) => {
      const answer = await client.send(new HeadObjectCommand(this.#object(key)));
      return { bytes: answer.ContentLength ?? 0, etag: answer.ETag!, modified: answer.LastModified! };
    });
  }

  async *list(prefix: string): AsyncGenerator<Listed> {
    const query = { Bucket: this.#settings.bucket, Prefix: this.#prefix + prefix };
    const pages = paginateListObjectsV2({ client: this.#client }, query);
    for await (const page of this.#told(`listing ${prefix}`, pages)) {
      for (const { Key, Size = 0, LastModified } of page.Contents ?? [])
        yield { key: this.#relative(Key!), bytes: Size, modified: LastModified! };
    }
  }

  /** Removes objects. Those that may not be removed, for lack of permission or under a lock, are returned, not thrown. */
  async remove(keys: readonly string[]): Promise<Refused[]> {
    const whole = keys.map((key) => this.#prefix + key);
    const refused = await this.#ask("removing objects", (client) =>
      removeObjects(client, this.#settings.bucket, whole),
    );
    return refused.map(({ key, reason }) => ({ key: this.#relative(key), reason }));
  }

  async *unfinished(prefix: string): AsyncGenerator<Unfinished> {
    const uploads = unfinishedUploads(this.#client, this.#settings.bucket, this.#prefix + prefix);
    for await (const upload of this.#told(`listing uploads of ${prefix}`, uploads))
      yield { ...upload, key: this.#relative(upload.key) };
  }

  /** Aborts an unfinished upload. */
  async abandon(upload: Unfinished): Promise<Refused[]> {
    const whole = { ...upload, key: this.#prefix + upload.key };
    const refused = await this.#ask(`abandoning an upload of ${upload.key}`, (client) =>
      abandonUpload(client, this.#settings.bucket, whole),
    );
    return refused.map(({ reason }) => ({ key: upload.key, reason }));
  }

  /** Throws when the store lacks what dumps, or their removal, need; names everything at once. */
  async requireCapable(of: "dumps" | "removal"): Promise<void> {
    const place = { client: this.#client, Bucket: this.#settings.bucket, Prefix: `${this.#prefix}probe/` };
    const lacks = await this.#ask("trying what it can", () =>
      of === "dumps" ? lacksForDumps(place) : lacksForRemoval(place),
    );
    if (lacks.length === 0) return;
    const listed = lacks.map((lack) => `\n  - ${lack}`).join("");
    throw new BackupError(
      "refused",
      `${this.place}: must do what S3 does, got a store that does not; use another one, or a newer version of it:${listed}`,
    );
  }

  /** The store's time, to the second. */
  async now(): Promise<Date> {
    if (!this.#clock.now()) {
      const query = { Bucket: this.#settings.bucket, Prefix: this.#prefix, MaxKeys: 1 };
      await this.#ask("asking its time", (client) => client.send(new ListObjectsV2Command(query)));
    }
    const now = this.#clock.now();
    if (!now)
      throw new BackupError("store", `${this.place}: its answers have no Date; put no proxy before it that drops it`);
    return now;
  }

  close(): void {
    this.#client.destroy();
  }

  readonly #object = (key: string) => ({ Bucket: this.#settings.bucket, Key: this.#prefix + key });
  readonly #relative = (key: string) => key.slice(this.#prefix.length);

  async #ask<T>(doing: string, send: (client: S3Client) => Promise<T>): Promise<T> {
    try {
      return await send(this.#client);
    } catch (error) {
      throw storeFailure(this.#settings, doing, error);
    }
  }

  async *#told<T>(doing: string, items: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* items;
    } catch (error) {
      throw storeFailure(this.#settings, doing, error);
    }
  }

  async #ifThere<T>(key: string, send: (client: S3Client) => Promise<T>): Promise<T | undefined> {
    return this.#ask(`reading ${key}`, async (client) => {
      try {
        return await send(client);
      } catch (error) {
        if (["NoSuchKey", "NotFound"].includes(nameOf(error))) return undefined;
        throw error;
      }
    });
  }

  /** Tells a failure of the store from an object that is lost or damaged. */
  async #unread(key: string, error: unknown): Promise<unknown> {
    const damaged = (text: string) => new BackupError("verification", `${this.place}: ${text}`, { cause: error });
    if (nameOf(error) === "NoSuchKey") return damaged(`has no ${key}; the dump is not whole, choose another`);
    if (isAnother(error))
      return damaged(`${key}: must stay as it is, and was replaced while it was read; choose another dump`);
    const cure = "choose another dump, and look at the store's disks";
    if (mayBeTheObject(error) && (await this.#givesAllBut(key, error)))
      return damaged(`${key}: must be readable as others are, got ${(error as Error).message}; ${cure}`);
    return storeFailure(this.#settings, `reading ${key}`, error);
  }

  /** Asks for another object in between, so that a store that was away for a moment is not taken for one that lost the object. */
  async #givesAllBut(key: string, error: unknown): Promise<boolean> {
    // An answer that there is no such object is an answer.
    const other = () =>
      this.read("probe/write").then(
        () => true,
        () => false,
      );
    return (await other()) && (await isWithheld(this.#client, this.#object(key), error)) && (await other());
  }
}
