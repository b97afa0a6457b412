import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, type S3Client } from "@aws-sdk/client-s3";
import { nameOf } from "./failure.ts";
import { type Refused } from "./removal.ts";

/** An upload that was never completed: invisible, but its parts take space. */
export interface Unfinished {
  readonly key: string;
  readonly upload: string;
  readonly started: Date;
}

export async function* unfinishedUploads(client: S3Client, Bucket: string, Prefix: string): AsyncGenerator<Unfinished> {
  let after: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  while (after) {
    const page: Awaited<ReturnType<typeof ask>> = await ask(client, { Bucket, Prefix, ...after });
    for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
      yield { key: Key!, upload: UploadId!, started: Initiated! };
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
    after = page.IsTruncated && KeyMarker ? { KeyMarker, ...(UploadIdMarker && { UploadIdMarker }) } : undefined;
  }
}

const ask = (client: S3Client, query: ConstructorParameters<typeof ListMultipartUploadsCommand>[0]) =>
  client.send(new ListMultipartUploadsCommand(query));

/** Aborts an upload. One that is already gone is no failure; a denied request is returned, as for objects. */
export async function abandonUpload(client: S3Client, Bucket: string, upload: Unfinished): Promise<Refused[]> {
  try {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key: upload.key, UploadId: upload.upload }));
    return [];
  } catch (error) {
    if (nameOf(error) === "NoSuchUpload") return [];
    if (nameOf(error) !== "AccessDenied") throw error;
    return [{ key: upload.key, reason: `AccessDenied: ${(error as Error).message}` }];
  }
}
