import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { BackupError } from "../errors.ts";
import { nameOf, statusOf } from "./failure.ts";

/** Limit of interruptions in a row without a byte between them. */
const BREAKS = 4;
const PAUSE_MS = 500;

/** The answer began, and broke again and again at the same place. */
export class CutOff extends Error {
  override readonly name = "CutOff";
  readonly offset: number;

  constructor(offset: number, length: number | undefined, cause: unknown) {
    super(`${(cause as Error).message} after ${offset} of ${length ?? "unknown"} bytes`, { cause });
    this.offset = offset;
  }
}

interface Named {
  readonly Bucket: string;
  readonly Key: string;
}

interface Answer {
  readonly body: Readable;
  readonly etag?: string;
  /** Length of the object in bytes. */
  readonly length?: number;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  /** Turns an error of a request or of its body into a described one. */
  readonly told: (error: unknown) => unknown;
}

/** An object's bytes, resumed where the connection broke. */
export async function download(client: S3Client, object: Named, { signal, told }: DownloadOptions): Promise<Readable> {
  const open = (offset: number, IfMatch?: string) =>
    ask(client, { ...object, ...(offset > 0 && { Range: `bytes=${offset}-` }), IfMatch }, signal);
  const failed = async (error: unknown) => {
    throw await told(error);
  };
  const first = await open(0).catch(failed);
  async function* chunks() {
    try {
      yield* resumed(first, (offset) => open(offset, first.etag));
    } catch (error) {
      await failed(signal?.aborted ? signal.reason : error);
    }
  }
  return Readable.from(chunks(), { objectMode: false, ...(signal && { signal }) });
}

type Query = ConstructorParameters<typeof GetObjectCommand>[0];

async function ask(client: S3Client, query: Query, signal: AbortSignal | undefined): Promise<Answer> {
  const answer = await client.send(new GetObjectCommand(query), { ...(signal && { abortSignal: signal }) });
  // A store that ignores the range sends the first bytes again, which would look like damage.
  if (query.Range && !answer.ContentRange?.startsWith(query.Range.replace("=", " ")))
    throw new BackupError(
      "store",
      `${query.Key}: must go on with ${query.Range}, got ${answer.ContentRange ?? "all of it"}; use a store that honours Range`,
    );
  return { body: answer.Body as Readable, etag: answer.ETag, length: answer.ContentLength };
}

async function* resumed(first: Answer, open: (offset: number) => Promise<Answer>): AsyncGenerator<Buffer> {
  let { body } = first;
  let offset = 0;
  for (let breaks = 0; ;) {
    const before = offset;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        offset += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (offset === first.length) return;
      breaks = offset > before ? 1 : breaks + 1;
      if (breaks > BREAKS) throw new CutOff(offset, first.length, error);
      await sleep(PAUSE_MS * 2 ** (breaks - 1));
      ({ body } = await open(offset));
    }
  }
}

/** A small object as a whole. The SDK retries requests, but not the bodies of their answers. */
export async function readWhole(client: S3Client, object: Named) {
  for (let breaks = 0; ; breaks++) {
    const answer = await client.send(new GetObjectCommand(object));
    try {
      return { body: await answer.Body!.transformToString(), etag: answer.ETag!, modified: answer.LastModified! };
    } catch (error) {
      if (breaks === BREAKS) throw error;
      await sleep(PAUSE_MS * 2 ** breaks);
    }
  }
}

/** Whether the object was replaced while it was read, or is shorter than the store says. */
export const isAnother = (error: unknown) => [412, 416].includes(statusOf(error) ?? 0);

/** Whether the failure may concern this object alone; reading another one tells. */
export const mayBeTheObject = (error: unknown) =>
  error instanceof CutOff ||
  statusOf(error) === 500 ||
  nameOf(error) === "XMinioObjectTampered" ||
  /^(ECONNRESET|EPIPE|HPE_)/.test((error as { code?: string }).code ?? "");

/** Whether an object that could not be read still breaks at the same place. */
export async function isWithheld(client: S3Client, object: Named, error: unknown): Promise<boolean> {
  const offset = error instanceof CutOff ? error.offset : 0;
  try {
    const { body } = await ask(client, { ...object, ...(offset > 0 && { Range: `bytes=${offset}-` }) }, undefined);
    for await (const chunk of body as AsyncIterable<Buffer>) if (chunk.length > 0) return false;
    return offset > 0;
  } catch {
    return true;
  }
}
