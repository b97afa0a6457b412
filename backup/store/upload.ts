import { Readable } from "node:stream";
import { HeadObjectCommand, type ObjectLockMode, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { BackupError } from "../errors.ts";
import { nameOf } from "./failure.ts";

export interface PutOptions {
  /** Bytes sent at once; three times as much is held in memory. S3 takes 10 000 parts an object. @default 8 MiB */
  readonly partSize?: number;
  /** Keeps the object from being removed. The bucket must have been created with object lock. */
  readonly lock?: { readonly until: Date; readonly mode: ObjectLockMode };
  readonly signal?: AbortSignal;
}

const PART = 8 << 20;
const QUEUE = 3;

/** Sends what the source gives, part by part, and answers how many bytes it was. Without its end nothing is stored. */
export async function upload(
  client: S3Client,
  object: { readonly Bucket: string; readonly Key: string },
  source: Readable,
  { partSize = PART, lock, signal }: PutOptions,
): Promise<number> {
  const counted = count(source);
  const stop = () => source.destroy(signal!.reason as Error);
  // Not the SDK's own way of aborting: it does not wait until the parts are given up.
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const params = {
      ...object,
      Body: counted.stream,
      ...(lock && { ObjectLockMode: lock.mode, ObjectLockRetainUntilDate: lock.until }),
    };
    await new Upload({ client, params, partSize, queueSize: QUEUE }).done();
    return counted.bytes();
  } catch (error) {
    if (await endedBefore(client, object, counted.bytes(), error)) return counted.bytes();
    source.destroy();
    throw tooLarge(error, object.Key, partSize);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** Whether the end of an upload was done although its answer was lost, so that doing it again found nothing to end. */
async function endedBefore(
  client: S3Client,
  object: { readonly Bucket: string; readonly Key: string },
  bytes: number,
  error: unknown,
): Promise<boolean> {
  if (nameOf(error) !== "NoSuchUpload") return false;
  const there = await client.send(new HeadObjectCommand(object)).catch(() => undefined);
  return there?.ContentLength === bytes;
}

function count(source: Readable) {
  let bytes = 0;
  async function* chunks() {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  return { stream: Readable.from(chunks(), { objectMode: false }), bytes: () => bytes };
}

function tooLarge(error: unknown, key: string, partSize: number): unknown {
  if (!(error instanceof Error) || !error.message.startsWith("Exceeded ")) return error;
  return new BackupError("input", `${key}: is larger than 10000 parts of ${partSize} bytes; set a larger part size`, {
    cause: error,
  });
}
