import { type Readable } from "node:stream";
import { HeadObjectCommand, type ObjectLockMode, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { BackupError } from "../errors.ts";
import { nameOf } from "./failure.ts";
import { beginMultipart, type Multipart, type Target } from "./multipart.ts";
import { eachPart, lanesFor, MOST, type Part, partSizeFor, partsOf } from "./parts.ts";

export interface PutOptions {
  /** Estimated number of bytes; up to twice as many fit. @default - up to 80 GB fit */
  readonly size?: number;
  /** Object lock. The bucket must have been created with it. */
  readonly lock?: { readonly until: Date; readonly mode: ObjectLockMode };
  readonly signal?: AbortSignal;
}

/**
 * Sends what the source gives; returns its number of bytes. One request if it fits into a part, a multipart upload otherwise. If the
 * source fails, no object is stored.
 */
export async function upload(
  client: S3Client,
  object: { readonly Bucket: string; readonly Key: string },
  source: Readable,
  { size, lock, signal }: PutOptions = {},
): Promise<number> {
  const stop = () => source.destroy(signal!.reason as Error);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  const target = { ...object, ...(lock && locked(lock)) };
  const partSize = partSizeFor(size);
  let bytes = 0;
  let multipart: Promise<Multipart> | undefined;
  const send = async (part: Part) => {
    bytes += part.body.length;
    if (part.number > MOST) throw tooLarge(object.Key, partSize);
    if (part.number === 1 && part.body.length < partSize)
      await client.send(new PutObjectCommand({ ...target, Body: part.body }));
    else await (await (multipart ??= beginMultipart(client, target))).send(part);
  };
  try {
    await eachPart(partsOf(source, partSize), lanesFor(partSize), send);
    await (await multipart)?.complete();
    return bytes;
  } catch (error) {
    if (await endedBefore(client, object, bytes, error)) return bytes;
    source.destroy();
    // If the abort fails as well, pruning removes the parts.
    await multipart?.then(({ abort }) => abort()).catch(() => undefined);
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** S3 accepts objects with a lock only with a checksum. */
const locked = ({ mode, until }: NonNullable<PutOptions["lock"]>): Partial<Target> => ({
  ObjectLockMode: mode,
  ObjectLockRetainUntilDate: until,
  ChecksumAlgorithm: "CRC32",
});

/** Whether an upload was completed although its answer was lost, so that the repeated request found nothing to complete. */
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

const tooLarge = (key: string, partSize: number) =>
  new BackupError("bug", `${key}: must fit into ${MOST} parts of ${partSize} bytes; say its size to put()`);
