import { type Readable } from "node:stream";
import { HeadObjectCommand, type ObjectLockMode, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { BackupError } from "../errors.ts";
import { nameOf } from "./failure.ts";
import { beginMultipart, type Multipart, type Target } from "./multipart.ts";
import { eachPart, lanesFor, MOST, type Part, partSizeFor, partsOf } from "./parts.ts";

export interface PutOptions {
  /** How many bytes it will be, roughly: up to twice as many fit. @default - up to 80 GB fit */
  readonly size?: number;
  /** Keeps the object from being removed. The bucket must have been created with object lock. */
  readonly lock?: { readonly until: Date; readonly mode: ObjectLockMode };
  readonly signal?: AbortSignal;
}

/**
 * Sends what the source gives and answers how many bytes it was: what fits into one part by one request, all else part by part.
 * Without its end nothing is stored.
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
    // Where this fails as well, rotation finds the parts.
    await multipart?.then(({ abort }) => abort()).catch(() => undefined);
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** S3 takes nothing that is to be locked without a checksum. */
const locked = ({ mode, until }: NonNullable<PutOptions["lock"]>): Partial<Target> => ({
  ObjectLockMode: mode,
  ObjectLockRetainUntilDate: until,
  ChecksumAlgorithm: "CRC32",
});

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

const tooLarge = (key: string, partSize: number) =>
  new BackupError("bug", `${key}: must fit into ${MOST} parts of ${partSize} bytes, got more; say its size to put()`);
