import { Readable } from "node:stream";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { BackupError } from "../errors.ts";
import { openClient } from "./client.ts";
import { StoreClock } from "./clock.ts";
import { resumed } from "./download.ts";
import { nameOf, placeOf, statusOf, storeFailure } from "./failure.ts";
import { lacksForDumps, lacksForRemoval } from "./probe.ts";
import { removeObjects, type Refused } from "./removal.ts";
import { type StoreSettings } from "./settings.ts";
import { abandonUpload, unfinishedUploads, type Unfinished } from "./unfinished.ts";
import { upload, type PutOptions } from "./upload.ts";

export interface Range {
  readonly start: number;
  /** Inclusive. */
  readonly end?: number;
}

export interface Listed {
  readonly key: string;
  readonly bytes: number;
  readonly modified: Date;
}

/** A small object as a whole. */
export interface Document {
  readonly body: string;
  readonly etag: string;
  readonly modified: Date;
}

export { type Refused, type Unfinished };

export type Condition = { readonly ifMatch: string } | { readonly ifAbsent: true };

/** Of a document: a browser shows a page as one. */
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  md: "text/markdown; charset=utf-8",
};
const typeOf = (key: string) => TYPES[key.slice(key.lastIndexOf(".") + 1)] ?? "application/json";

export const openStore = (settings: StoreSettings): Store => new Store(settings);

/** A folder of a bucket. Keys are relative to it. Failures of the store say what helps. */
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

  /** Stores a stream of any length in bounded memory, and answers its bytes. One that fails leaves nothing behind. */
  async put(key: string, source: Readable, options: PutOptions = {}): Promise<number> {
    let broken: unknown;
    source.once("error", (error) => (broken = error));
    try {
      return await upload(this.#client, this.#object(key), source, options);
    } catch (error) {
      // The source's own failure is not the store's, though it may well be one of a network too.
      throw broken ?? storeFailure(this.#settings, `writing ${key}`, error);
    }
  }

  /** The object's bytes; goes on where a connection broke. */
  async get(key: string, { range, signal }: { range?: Range; signal?: AbortSignal } = {}): Promise<Readable> {
    const start = range?.start ?? 0;
    const bytes = (offset: number) => (range || offset > 0 ? `bytes=${start + offset}-${range?.end ?? ""}` : undefined);
    const open = (offset: number, etag?: string) =>
      this.#ask(`reading ${key}`, (client) =>
        client.send(new GetObjectCommand({ ...this.#object(key), Range: bytes(offset), IfMatch: etag }), {
          ...(signal && { abortSignal: signal }),
        }),
      );
    const first = await this.#found(key, open(0));
    const chunks = resumed(first.Body as Readable, async (offset) => (await open(offset, first.ETag)).Body as Readable);
    return Readable.from(this.#told(`reading ${key}`, chunks), { objectMode: false, ...(signal && { signal }) });
  }

  async read(key: string): Promise<Document | undefined> {
    return this.#ifThere(key, async (client) => {
      const answer = await client.send(new GetObjectCommand(this.#object(key)));
      const body = await answer.Body!.transformToString();
      return { body, etag: answer.ETag!, modified: answer.LastModified! };
    });
  }

  /** Answers the new ETag, or nothing when the condition did not hold and so nothing was written. */
  async write(key: string, body: string, condition?: Condition): Promise<string | undefined> {
    const when = condition && ("ifMatch" in condition ? { IfMatch: condition.ifMatch } : { IfNoneMatch: "*" });
    return this.#ask(`writing ${key}`, async (client) => {
      try {
        const command = { ...this.#object(key), Body: body, ContentType: typeOf(key), ...when };
        return (await client.send(new PutObjectCommand(command))).ETag!;
      } catch (error) {
        // 404: it was to match and is not there. 409: two wrote at once.
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

  /** What may not be removed, for lack of permission or under a lock, is answered and not thrown. */
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

  /** Gives up an unfinished upload. */
  async abandon(upload: Unfinished): Promise<Refused[]> {
    const whole = { ...upload, key: this.#prefix + upload.key };
    const refused = await this.#ask(`abandoning an upload of ${upload.key}`, (client) =>
      abandonUpload(client, this.#settings.bucket, whole),
    );
    return refused.map(({ reason }) => ({ key: upload.key, reason }));
  }

  /** Refuses a store that lacks what dumps need, or whoever removes them, and says all of it at once. */
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

  async #found<T>(key: string, asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      if (nameOf((error as Error).cause) !== "NoSuchKey") throw error;
      const message = `${this.place}: has no ${key}; the dump is not whole, choose another`;
      throw new BackupError("proof", message, { cause: error });
    }
  }
}
