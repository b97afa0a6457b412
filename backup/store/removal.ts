import { DeleteObjectsCommand, type S3Client } from "@aws-sdk/client-s3";
import { nameOf } from "./failure.ts";

export interface Refused {
  readonly key: string;
  readonly reason: string;
}

/** As many as S3 takes at once. */
const BATCH = 1000;

/** Removes objects. What may not be removed, for lack of permission or under a lock, is answered and not thrown. */
export async function removeObjects(client: S3Client, Bucket: string, keys: readonly string[]): Promise<Refused[]> {
  const refused: Refused[] = [];
  for (let from = 0; from < keys.length; from += BATCH)
    refused.push(...(await removeBatch(client, Bucket, keys.slice(from, from + BATCH))));
  return refused;
}

async function removeBatch(client: S3Client, Bucket: string, keys: readonly string[]): Promise<Refused[]> {
  try {
    const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
    const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
    return Errors.map(({ Key, Code, Message }) => ({ key: Key!, reason: `${Code}: ${Message}` }));
  } catch (error) {
    // Some stores say of each object that it is denied, others of all of them.
    if (nameOf(error) !== "AccessDenied") throw error;
    return keys.map((key) => ({ key, reason: `AccessDenied: ${(error as Error).message}` }));
  }
}
