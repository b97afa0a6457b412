import { DeleteObjectCommand, DeleteObjectsCommand, type S3Client } from "@aws-sdk/client-s3";
import { parallel } from "../parallel.ts";
import { nameOf, statusOf } from "./failure.ts";

export interface Refused {
  readonly key: string;
  readonly reason: string;
}

/** As many as S3 takes at once. */
const BATCH = 1000;
/** Requests at the same time where each object needs its own. */
const LANES = 8;

/** Stores that are known not to support batches. */
const withoutBatches = new WeakSet<S3Client>();

/** Removes objects. Objects that may not be removed, for lack of permission or under a lock, are returned, not thrown. */
export async function removeObjects(client: S3Client, Bucket: string, keys: readonly string[]): Promise<Refused[]> {
  const refused: Refused[] = [];
  for (let from = 0; from < keys.length; from += BATCH)
    refused.push(...(await removeSome(client, Bucket, keys.slice(from, from + BATCH))));
  return refused;
}

async function removeSome(client: S3Client, Bucket: string, keys: readonly string[]): Promise<Refused[]> {
  if (!withoutBatches.has(client)) {
    try {
      return await removeBatch(client, Bucket, keys);
    } catch (error) {
      if (!isForBatches(error)) throw error;
      withoutBatches.add(client);
    }
  }
  return (await parallel(keys, LANES, (key) => removeOne(client, Bucket, key))).flat();
}

/**
 * Whether a store refuses the batch as such: it does not know the request or, as some do of SDKs since 2025, requires another checksum.
 * Any other problem shows in the single requests.
 */
const isForBatches = (error: unknown) => [400, 404, 405, 411, 415, 501].includes(statusOf(error) ?? 0);

async function removeBatch(client: S3Client, Bucket: string, keys: readonly string[]): Promise<Refused[]> {
  try {
    const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
    const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
    return Errors.map(({ Key, Code, Message }) => ({ key: Key!, reason: `${Code}: ${Message}` }));
  } catch (error) {
    // Some stores deny each object, others the batch.
    return keys.map((key) => denied(key, error));
  }
}

async function removeOne(client: S3Client, Bucket: string, key: string): Promise<Refused[]> {
  try {
    await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
    return [];
  } catch (error) {
    // Few stores report that an object was already gone.
    return nameOf(error) === "NoSuchKey" ? [] : [denied(key, error)];
  }
}

function denied(key: string, error: unknown): Refused {
  if (nameOf(error) !== "AccessDenied") throw error;
  return { key, reason: `AccessDenied: ${(error as Error).message}` };
}
